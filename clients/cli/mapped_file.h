// A file's bytes without reading them all: of a model with its weights, only the
// pages of the structure are ever touched.
#ifndef PICOST_CLIENTS_CLI_MAPPED_FILE_H_
#define PICOST_CLIENTS_CLI_MAPPED_FILE_H_

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "clients/cli/failure.h"

namespace picost::cli {

class MappedFile {
 public:
  // Pipes and the like, which cannot be mapped, are read. kExitArguments where
  // the file cannot be opened.
  static Result<std::shared_ptr<MappedFile>> Open(const std::string& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::string_view bytes() const { return bytes_; }

 private:
  MappedFile() = default;
  void* mapping_ = nullptr;
  size_t mapping_size_ = 0;
  std::string content_;
  std::string_view bytes_;
};

}  // namespace picost::cli

#endif  // PICOST_CLIENTS_CLI_MAPPED_FILE_H_
