// What was asked, for headlines and CSV columns.
#ifndef PICOST_CLIENTS_CLI_VIEWS_QUESTION_H_
#define PICOST_CLIENTS_CLI_VIEWS_QUESTION_H_

#include <string>

namespace picost::cli {

struct Question {
  std::string model;       // "resnet18_cifar"
  std::string protocol;    // "delphi"
  std::string deployment;  // "wan"; empty for plans
};

}  // namespace picost::cli

#endif  // PICOST_CLIENTS_CLI_VIEWS_QUESTION_H_
