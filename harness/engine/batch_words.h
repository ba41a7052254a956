// What people are told of batches.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "providers/batch.h"

namespace plumb {

std::string words_of_sending(std::size_t requests, std::size_t bytes);
// "batch msgbatch_01: 120 of 400 done; asking again in 30 s".
std::string words_of_progress(const BatchStatus&, std::chrono::milliseconds until_next);
std::string words_of_staying(const BatchStatus&);

}  // namespace plumb
