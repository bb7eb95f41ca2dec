// Aligned columns of text, and CSV.
#ifndef PICOST_CLIENTS_CLI_VIEWS_TABLE_H_
#define PICOST_CLIENTS_CLI_VIEWS_TABLE_H_

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace picost::cli {

enum class Align { kLeft, kRight };

class Table {
 public:
  struct Column {
    std::string title;
    Align align = Align::kRight;
  };
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  // As many cells as columns.
  void AddRow(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  bool empty() const { return rows_.empty(); }

  // Two spaces between columns, `indent` before the first; no trailing spaces.
  // Widths count characters of UTF-8, not bytes.
  void Print(std::ostream& out, int indent = 2) const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

// One line of RFC 4180. A text that a spreadsheet would take for a formula gets a
// leading apostrophe: names of nodes come from strangers' files.
void PrintCsvRow(std::ostream& out, const std::vector<std::string>& cells);

// Control characters as \xNN: a name must not move the terminal's cursor.
std::string Printable(std::string_view text);

}  // namespace picost::cli

#endif  // PICOST_CLIENTS_CLI_VIEWS_TABLE_H_
