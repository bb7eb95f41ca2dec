#include "service/page_token.h"

#include <string>

#include "gtest/gtest.h"

namespace picost::service {
namespace {

TEST(PageTokenTest, GivesBackTheKeyWithinItsScope) {
  EXPECT_EQ(*DecodePageToken("ListModels|", EncodePageToken("ListModels|", "ab\0c")), "ab");
  EXPECT_EQ(*DecodePageToken("ListModels|", ""), "");
}

TEST(PageTokenTest, RefusesWhatItDidNotMake) {
  const std::string token = EncodePageToken("ListModels|", "abc");
  for (const auto& [scope, wrong] : {std::pair<std::string, std::string>{"ListModels|x", token},
                                     {"ListTables|", token},
                                     {"ListModels|", "abc"},
                                     {"ListModels|", token + "AAAA"},
                                     {"ListModels|", "%%%"}}) {
    EXPECT_EQ(DecodePageToken(scope, wrong).status().code(), absl::StatusCode::kInvalidArgument)
        << scope << " " << wrong;
  }
}

TEST(PageTokenTest, PagesOfAListCoverItOnce) {
  std::string token;
  int64_t expected_begin = 0;
  int pages = 0;
  do {
    const auto page = PageOfList("L", 10, 4, token, 100, 1000);
    ASSERT_TRUE(page.ok());
    EXPECT_EQ(page->begin, expected_begin);
    expected_begin = page->end;
    token = page->next_page_token;
    ++pages;
  } while (!token.empty());
  EXPECT_EQ(expected_begin, 10);
  EXPECT_EQ(pages, 3);
}

TEST(PageTokenTest, PageSizesOutOfRangeAreRefused) {
  EXPECT_FALSE(PageOfList("L", 10, -1, "", 100, 1000).ok());
  EXPECT_FALSE(PageOfList("L", 10, 1001, "", 100, 1000).ok());
  EXPECT_EQ(PageOfList("L", 200, 0, "", 100, 1000)->end, 100);
}

TEST(PageTokenTest, AListThatShrankEnds) {
  const std::string token = PageOfList("L", 10, 8, "", 100, 1000)->next_page_token;
  const auto page = PageOfList("L", 3, 8, token, 100, 1000);
  ASSERT_TRUE(page.ok());
  EXPECT_EQ(page->begin, page->end);
  EXPECT_EQ(page->next_page_token, "");
}

}  // namespace
}  // namespace picost::service
