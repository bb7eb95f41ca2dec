// What SIGHUP reads again, and what is tried again without anybody's doing.
//
// Each part keeps what it has where the new is bad. A part that failed, or that
// had to leave something out (a table half written), is tried again by itself
// every few seconds until it is whole: recovery needs no hand.
#ifndef PICOST_SERVICE_RELOADS_H_
#define PICOST_SERVICE_RELOADS_H_

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"

namespace picost::service {

struct ReloadPart {
  std::string name;  // "data", "principals", "certificates"
  std::function<absl::Status()> load;
  // Whether loading now may bring more than the last time did. Called often.
  std::function<bool()> wants_retry;
};

class Reloads {
 public:
  // Told of every result; by_itself: nobody asked.
  using Report =
      std::function<void(const std::string& part, const absl::Status& status, bool by_itself)>;

  // period zero: nothing is tried again by itself.
  Reloads(std::vector<ReloadPart> parts, Report report, std::chrono::milliseconds period);
  ~Reloads();

  // All parts; the first error.
  absl::Status ReloadAll();

 private:
  void Loop();

  const std::vector<ReloadPart> parts_;
  const Report report_;
  const std::chrono::milliseconds period_;
  std::mutex loading_;  // one reload at a time
  std::vector<absl::Status> last_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool ending_ = false;
  std::thread thread_;
};

// Names, sizes, inodes and times of modification and of change of all files under a
// folder: differs when one does, also where its old time was given back to it.
std::string FolderStamp(const std::string& path);
// The same of a folder that `picost calibrate run` writes into, without the journals
// of runs that go on.
std::string CalibrationStamp(const std::string& path);
// The same of these files.
std::string FilesStamp(const std::vector<std::string>& paths);

}  // namespace picost::service

#endif  // PICOST_SERVICE_RELOADS_H_
