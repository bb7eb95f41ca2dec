#include "clients/cli/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"

namespace picost::cli {

Result<std::shared_ptr<MappedFile>> MappedFile::Open(const std::string& path) {
  const auto failed = [&path](const char* doing) {
    return BadArgument(absl::StrCat("cannot ", doing, " '", path, "': ", std::strerror(errno)));
  };
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return failed("open");
  // The mapping outlives the descriptor.
  const std::shared_ptr<const int> closer(new int(descriptor), [](const int* open_descriptor) {
    close(*open_descriptor);
    delete open_descriptor;
  });
  struct stat info {};
  if (fstat(descriptor, &info) != 0) return failed("read");
  std::shared_ptr<MappedFile> file(new MappedFile);
  if (S_ISREG(info.st_mode) && info.st_size > 0) {
    void* mapping = mmap(nullptr, info.st_size, PROT_READ, MAP_PRIVATE, descriptor, 0);
    if (mapping == MAP_FAILED) return failed("map");
    file->mapping_ = mapping;
    file->mapping_size_ = info.st_size;
    file->bytes_ = {static_cast<const char*>(mapping), file->mapping_size_};
    return file;
  }
  char buffer[1 << 16];
  while (true) {
    const ssize_t count = read(descriptor, buffer, sizeof(buffer));
    if (count < 0) return failed("read");
    if (count == 0) break;
    file->content_.append(buffer, count);
  }
  file->bytes_ = file->content_;
  return file;
}

MappedFile::~MappedFile() {
  if (mapping_ != nullptr) munmap(mapping_, mapping_size_);
}

}  // namespace picost::cli
