#include "ocr/detail/squashing.h"

#include <algorithm>
#include <cstring>

namespace ocr::detail {
namespace {

constexpr float kMostState = 100;  // tesseract's own limit

template <int kLanes>
struct Vector {
  typedef float Floats __attribute__((vector_size(kLanes * sizeof(float))));
  typedef int32_t Ints __attribute__((vector_size(kLanes * sizeof(int32_t))));
  typedef int8_t Bytes __attribute__((vector_size(kLanes)));
};

// Vectors go by reference: by value their width would be part of a function's binary interface.
template <class Floats>
[[gnu::always_inline]] inline void clip(Floats& x, float least, float most) {
  const Floats low = Floats{} + least;
  const Floats high = Floats{} + most;
  x = x < low ? low : x;
  x = x > high ? high : x;
}

// A quotient of two polynomials, right to a ten-millionth; the coefficients are those of Eigen.
template <class Floats>
[[gnu::always_inline]] inline void take_tanh(Floats& x) {
  clip(x, -7.9F, 7.9F);
  const Floats y = x * x;
  Floats over = Floats{} + -2.76076847742355e-16F;
  over = over * y + 2.00018790482477e-13F;
  over = over * y + -8.60467152213735e-11F;
  over = over * y + 5.12229709037114e-08F;
  over = over * y + 1.48572235717979e-05F;
  over = over * y + 6.37261928875436e-04F;
  over = over * y + 4.89352455891786e-03F;
  Floats under = Floats{} + 1.19825839466702e-06F;
  under = under * y + 1.18534705686654e-04F;
  under = under * y + 2.26843463243900e-03F;
  under = under * y + 4.89352518554385e-03F;
  x = x * over / under;
}

template <class Floats>
[[gnu::always_inline]] inline void take_logistic(Floats& x) {
  x *= 0.5F;
  take_tanh(x);
  x = x * 0.5F + 0.5F;
}

// Of numbers from -80 to 0: two to a whole power times a series for what is left.
template <int kLanes>
[[gnu::always_inline]] inline void take_exp(typename Vector<kLanes>::Floats& x) {
  using Floats = typename Vector<kLanes>::Floats;
  using Ints = typename Vector<kLanes>::Ints;
  clip(x, -80.0F, 0.0F);
  x *= 1.44269504F;
  const Ints whole = __builtin_convertvector(x - 0.5F, Ints);  // towards zero: the nearest
  const Floats rest = (x - __builtin_convertvector(whole, Floats)) * 0.69314718F;
  Floats series = Floats{} + 1.0F / 720;
  series = series * rest + 1.0F / 120;
  series = series * rest + 1.0F / 24;
  series = series * rest + 1.0F / 6;
  series = series * rest + 0.5F;
  series = series * rest + 1.0F;
  series = series * rest + 1.0F;
  const Ints bits = (whole + 127) << 23;
  Floats power;
  std::memcpy(&power, &bits, sizeof(power));
  x = series * power;
}

// To the nearest, halves away from zero.
template <int kLanes>
[[gnu::always_inline]] inline void store_rounded(const typename Vector<kLanes>::Floats& x,
                                                 int8_t* out) {
  using Floats = typename Vector<kLanes>::Floats;
  const Floats half = Floats{} + 0.5F;
  const Floats large = x * 127.0F;
  const auto whole = __builtin_convertvector(large + (large < Floats{} ? -half : half),
                                             typename Vector<kLanes>::Ints);
  const auto bytes = __builtin_convertvector(whole, typename Vector<kLanes>::Bytes);
  std::memcpy(out, &bytes, sizeof(bytes));
}

template <int kLanes>
[[gnu::always_inline]] inline void load(const int32_t* sums, const float* scales,
                                        typename Vector<kLanes>::Floats& out) {
  typename Vector<kLanes>::Ints whole;
  typename Vector<kLanes>::Floats scale;
  std::memcpy(&whole, sums, sizeof(whole));
  std::memcpy(&scale, scales, sizeof(scale));
  out = __builtin_convertvector(whole, typename Vector<kLanes>::Floats) * scale;
}

template <int kLanes>
[[gnu::always_inline]] inline void cells_by(const int32_t* sums, const float* scales, size_t cells,
                                            float* state, int8_t* out) {
  typename Vector<kLanes>::Floats value, enter, keep, show, held;
  for (size_t i = 0; i < cells; i += kLanes, sums += kLanes, scales += kLanes) {
    load<kLanes>(sums, scales, value);
    load<kLanes>(sums + cells, scales + cells, enter);
    load<kLanes>(sums + 2 * cells, scales + 2 * cells, keep);
    load<kLanes>(sums + 3 * cells, scales + 3 * cells, show);
    take_tanh(value);
    take_logistic(enter);
    take_logistic(keep);
    take_logistic(show);
    std::memcpy(&held, state + i, sizeof(held));
    held = held * keep + value * enter;
    clip(held, -kMostState, kMostState);
    std::memcpy(state + i, &held, sizeof(held));
    take_tanh(held);
    store_rounded<kLanes>(held * show, out + i);
  }
}

template <int kLanes>
[[gnu::always_inline]] inline void tanh_by(const int32_t* sums, const float* scales, size_t count,
                                           int8_t* out) {
  typename Vector<kLanes>::Floats value;
  for (size_t i = 0; i < count; i += kLanes) {
    load<kLanes>(sums + i, scales + i, value);
    take_tanh(value);
    store_rounded<kLanes>(value, out + i);
  }
}

template <int kLanes>
[[gnu::always_inline]] inline void exp_by(const int32_t* sums, const float* scales, float most,
                                          size_t count, float* out) {
  typename Vector<kLanes>::Floats value;
  for (size_t i = 0; i < count; i += kLanes) {
    load<kLanes>(sums + i, scales + i, value);
    value -= most;
    take_exp<kLanes>(value);
    std::memcpy(out + i, &value, sizeof(value));
  }
}

// A processor's form of the loops.
struct Form {
  void (*cells)(const int32_t*, const float*, size_t, float*, int8_t*);
  void (*tanh)(const int32_t*, const float*, size_t, int8_t*);
  void (*exp)(const int32_t*, const float*, float, size_t, float*);
};

#if defined(__x86_64__)
[[gnu::target("avx512f,avx512bw,avx512vl")]] void cells_512(const int32_t* sums,
                                                            const float* scales, size_t cells,
                                                            float* state, int8_t* out) {
  cells_by<16>(sums, scales, cells, state, out);
}
[[gnu::target("avx512f,avx512bw,avx512vl")]] void tanh_512(const int32_t* sums, const float* scales,
                                                           size_t count, int8_t* out) {
  tanh_by<16>(sums, scales, count, out);
}
[[gnu::target("avx512f,avx512bw,avx512vl")]] void exp_512(const int32_t* sums, const float* scales,
                                                          float most, size_t count, float* out) {
  exp_by<16>(sums, scales, most, count, out);
}
[[gnu::target("avx2")]] void cells_256(const int32_t* sums, const float* scales, size_t cells,
                                       float* state, int8_t* out) {
  cells_by<8>(sums, scales, cells, state, out);
}
[[gnu::target("avx2")]] void tanh_256(const int32_t* sums, const float* scales, size_t count,
                                      int8_t* out) {
  tanh_by<8>(sums, scales, count, out);
}
[[gnu::target("avx2")]] void exp_256(const int32_t* sums, const float* scales, float most,
                                     size_t count, float* out) {
  exp_by<8>(sums, scales, most, count, out);
}
#endif
void cells_plain(const int32_t* sums, const float* scales, size_t cells, float* state,
                 int8_t* out) {
  cells_by<4>(sums, scales, cells, state, out);
}
void tanh_plain(const int32_t* sums, const float* scales, size_t count, int8_t* out) {
  tanh_by<4>(sums, scales, count, out);
}
void exp_plain(const int32_t* sums, const float* scales, float most, size_t count, float* out) {
  exp_by<4>(sums, scales, most, count, out);
}

const Form& form() {
  static const Form chosen = [] {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512vl")) {
      return Form{cells_512, tanh_512, exp_512};
    }
    if (__builtin_cpu_supports("avx2")) return Form{cells_256, tanh_256, exp_256};
#endif
    return Form{cells_plain, tanh_plain, exp_plain};
  }();
  return chosen;
}

}  // namespace

void squash_cells(const int32_t* sums, const float* scales, size_t cells, float* state,
                  int8_t* out) {
  form().cells(sums, scales, cells, state, out);
}

void squash_tanh(const int32_t* sums, const float* scales, size_t count, int8_t* out) {
  form().tanh(sums, scales, count, out);
}

void squash_to_chances(const int32_t* sums, const float* scales, size_t codes, size_t count,
                       float* out) {
  float most = static_cast<float>(sums[0]) * scales[0];
  for (size_t i = 1; i < codes; ++i) {
    most = std::max(most, static_cast<float>(sums[i]) * scales[i]);
  }
  form().exp(sums, scales, most, count, out);
  std::fill(out + codes, out + count, 0.0F);
  float total = 0;
  for (size_t i = 0; i < codes; ++i) total += out[i];
  const float share = 1 / total;
  for (size_t i = 0; i < codes; ++i) out[i] *= share;
}

}  // namespace ocr::detail
