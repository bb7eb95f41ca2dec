#include "clients/cli/views/table.h"

#include <algorithm>

#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"

namespace picost::cli {
namespace {

size_t Width(const std::string& text) {
  return std::count_if(text.begin(), text.end(),
                       [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
}

}  // namespace

void Table::Print(std::ostream& out, int indent) const {
  std::vector<size_t> widths;
  for (size_t c = 0; c < columns_.size(); ++c) {
    size_t width = Width(columns_[c].title);
    for (const auto& row : rows_) width = std::max(width, Width(row[c]));
    widths.push_back(width);
  }
  const auto print = [&](auto cell_at) {
    std::string line(indent, ' ');
    for (size_t c = 0; c < columns_.size(); ++c) {
      const std::string& cell = cell_at(c);
      const std::string padding(widths[c] - Width(cell), ' ');
      if (c > 0) line += "  ";
      line += columns_[c].align == Align::kRight ? padding + cell : cell + padding;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out << line << "\n";
  };
  print([&](size_t c) -> const std::string& { return columns_[c].title; });
  for (const auto& row : rows_) print([&](size_t c) -> const std::string& { return row[c]; });
}

void PrintCsvRow(std::ostream& out, const std::vector<std::string>& cells) {
  bool first = true;
  for (std::string cell : cells) {
    if (!first) out << ',';
    first = false;
    const bool formula =
        !cell.empty() && std::string_view("=+@\t\r").find(cell[0]) != std::string_view::npos;
    if (formula) cell.insert(0, "'");
    if (cell.find_first_of(",\"\r\n") == std::string::npos) {
      out << cell;
    } else {
      out << '"' << absl::StrReplaceAll(cell, {{"\"", "\"\""}}) << '"';
    }
  }
  out << "\r\n";
}

std::string Printable(std::string_view text) {
  std::string printable;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F) {
      absl::StrAppendFormat(&printable, "\\x%02X", byte);
    } else {
      printable += c;
    }
  }
  return printable;
}

}  // namespace picost::cli
