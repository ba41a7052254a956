// Families of like things, for planted errors: what could stand in the place of a word without a reader
// stumbling. Written by hand from the subjects of the datasets (postings, memes, real estate).
#pragma once

#include <span>
#include <string_view>
#include <vector>

namespace plumb {

struct Family {
  bool place = false;
  std::vector<std::string_view> members;
};

std::span<const Family> families();

// Given names and surnames of nobody in particular, and syllables to vary a name by.
std::span<const std::string_view> surnames();
std::span<const std::string_view> given_syllables();

}  // namespace plumb
