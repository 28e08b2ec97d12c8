// RFC 3339 to nanoseconds since 1970. Samples of one second share their first 19 bytes, so those are read once.
#pragma once
#include <cstdint>
#include <cstring>
#include <string_view>

class TimeReader {
 public:
  int64_t read(std::string_view text) {
    if (text.size() < 20) return 0;
    if (memcmp(text.data(), last_, 19)) {
      memcpy(last_, text.data(), 19);
      second_ = second(text.data());
    }
    static constexpr int64_t power[10] = {
        1'000'000'000, 100'000'000, 10'000'000, 1'000'000, 100'000, 10'000, 1'000, 100, 10, 1};
    size_t at = 19;
    int64_t fraction = 0;
    if (text[at] == '.') {
      size_t first = ++at;
      for (; at < text.size() && at - first < 9 && static_cast<unsigned char>(text[at] - '0') < 10; at++)
        fraction = fraction * 10 + (text[at] - '0');
      fraction *= power[at - first];
    }
    int64_t nanoseconds = second_ * 1'000'000'000 + fraction;
    if (at + 6 > text.size()) return nanoseconds;  // Z
    int64_t offset = (number(text.data() + at + 1, 2) * 60 + number(text.data() + at + 4, 2)) * 60'000'000'000;
    return text[at] == '-' ? nanoseconds + offset : nanoseconds - offset;
  }

 private:
  static int64_t number(const char* at, int digits) {
    int64_t value = 0;
    while (digits-- > 0) value = value * 10 + (*at++ - '0');
    return value;
  }

  // Days from civil, by Howard Hinnant: years begin in March.
  static int64_t second(const char* at) {
    int64_t month = number(at + 5, 2), year = number(at, 4) - (month <= 2);
    int64_t era = year / 400, of_era = year % 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + number(at + 8, 2) - 1;
    int64_t days = era * 146'097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719'468;
    return days * 86'400 + number(at + 11, 2) * 3'600 + number(at + 14, 2) * 60 + number(at + 17, 2);
  }

  char last_[19] = {};
  int64_t second_ = 0;
};
