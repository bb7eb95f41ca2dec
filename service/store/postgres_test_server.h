// A real PostgreSQL of its own for a test, on a Unix socket in a fresh folder.
#ifndef PICOST_SERVICE_STORE_POSTGRES_TEST_SERVER_H_
#define PICOST_SERVICE_STORE_POSTGRES_TEST_SERVER_H_

#include <string>

namespace picost::service {

class PostgresTestServer {
 public:
  // Empty installed(): Debian's package postgresql is not there.
  PostgresTestServer();
  ~PostgresTestServer();

  bool installed() const { return !binaries_.empty(); }
  // Of the database that is there at first; `name` of a new one.
  std::string Address() const;
  std::string NewDatabase();

  void Stop();  // at once, as a crash would
  void Start();

 private:
  int Run(const std::string& command) const;

  std::string binaries_;
  std::string folder_;
  int databases_ = 0;
};

}  // namespace picost::service

#endif  // PICOST_SERVICE_STORE_POSTGRES_TEST_SERVER_H_
