#include "greeting.h"

#include <gtest/gtest.h>

namespace hello {
namespace {

TEST(Greeting, NamesWhoIsGreeted) { EXPECT_EQ(Greeting("Ada"), "Hello, Ada!"); }

TEST(Greeting, GreetsTheWorldWithoutAName) { EXPECT_EQ(Greeting(""), "Hello, world!"); }

TEST(Greeting, TrimsBlanksAroundTheName) { EXPECT_EQ(Greeting("  Ada "), "Hello, Ada!"); }

TEST(Greeting, TakesANameOfBlanksForNone) { EXPECT_EQ(Greeting("   "), "Hello, world!"); }

TEST(Greeting, KeepsBlanksInsideTheName) {
  EXPECT_EQ(Greeting("Grace Hopper"), "Hello, Grace Hopper!");
}

}  // namespace
}  // namespace hello
