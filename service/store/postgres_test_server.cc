#include "service/store/postgres_test_server.h"

#include <stdlib.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <iostream>

#include "absl/strings/str_cat.h"

namespace picost::service {
namespace {

namespace fs = std::filesystem;

std::string FindBinaries() {
  std::error_code error;
  for (const auto& version : fs::directory_iterator("/usr/lib/postgresql", error)) {
    if (fs::exists(version.path() / "bin" / "initdb")) return (version.path() / "bin").string();
  }
  return "";
}

}  // namespace

PostgresTestServer::PostgresTestServer() : binaries_(FindBinaries()) {
  if (!installed()) return;
  char folder[] = "/tmp/picost_pg_XXXXXX";  // paths of sockets are short
  if (mkdtemp(folder) == nullptr) std::abort();
  folder_ = folder;
  // PostgreSQL refuses to run as root; its package made a user for it.
  if (geteuid() == 0 && std::system(absl::StrCat("chown postgres ", folder_).c_str()) != 0)
    std::abort();
  if (Run(absl::StrCat(binaries_, "/initdb -D ", folder_,
                       "/data -U picost -A trust --no-sync -E UTF8")) != 0) {
    std::abort();
  }
  Start();
}

PostgresTestServer::~PostgresTestServer() {
  if (!installed()) return;
  Stop();
  fs::remove_all(folder_);
}

std::string PostgresTestServer::Address() const {
  return absl::StrCat("postgresql:///postgres?user=picost&host=", folder_);
}

std::string PostgresTestServer::NewDatabase() {
  const std::string name = absl::StrCat("test", databases_++);
  if (Run(absl::StrCat(binaries_, "/createdb -h ", folder_, " -U picost ", name)) != 0)
    std::abort();
  return absl::StrCat("postgresql:///", name, "?user=picost&host=", folder_);
}

void PostgresTestServer::Stop() {
  Run(absl::StrCat(binaries_, "/pg_ctl -D ", folder_, "/data -m immediate -w stop"));
}

void PostgresTestServer::Start() {
  const int status =
      Run(absl::StrCat(binaries_, "/pg_ctl -D ", folder_, "/data -l ", folder_,
                       "/log -w -o '-c listen_addresses= -c unix_socket_directories=", folder_,
                       " -c fsync=off' start"));
  if (status != 0) std::abort();
}

int PostgresTestServer::Run(const std::string& command) const {
  const std::string as =
      geteuid() == 0
          ? "setpriv --reuid=postgres --regid=postgres --clear-groups env -i PATH=/usr/bin:/bin "
          : "";
  // From a folder that the other user may enter.
  const int status =
      std::system(absl::StrCat("cd / && ", as, command, " >/dev/null 2>", folder_, "/err").c_str());
  if (status != 0) std::cerr << "failed: " << command << "\n";
  return status;
}

}  // namespace picost::service
