#include "base/digest.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/handle.h"

namespace base {
namespace {

using DigestContext = Handle<EVP_MD_CTX, EVP_MD_CTX_free>;

template <typename Hash>
const EVP_MD* algorithm_of();
template <>
const EVP_MD* algorithm_of<Md5>() {
  return EVP_md5();
}
template <>
const EVP_MD* algorithm_of<Sha1>() {
  return EVP_sha1();
}
template <>
const EVP_MD* algorithm_of<Sha256>() {
  return EVP_sha256();
}

template <typename Hash>
Hash hash_of(std::string_view content) {
  Hasher<Hash> hasher;
  hasher.update(content);
  return hasher.finish();
}

// OpenSSL fails here only without memory or without the algorithm: nothing sensible can follow.
void require(int ok) {
  if (ok != 1) stop_on_bug(Error{Code::internal, "OpenSSL cannot hash"});
}

}  // namespace

template <typename Hash>
struct Hasher<Hash>::State {
  DigestContext context{EVP_MD_CTX_new()};
};

template <typename Hash>
Hasher<Hash>::Hasher() : state_(std::make_unique<State>()) {
  require(EVP_DigestInit_ex(state_->context.get(), algorithm_of<Hash>(), nullptr));
}
template <typename Hash>
Hasher<Hash>::~Hasher() = default;
template <typename Hash>
Hasher<Hash>::Hasher(Hasher&&) noexcept = default;
template <typename Hash>
Hasher<Hash>& Hasher<Hash>::operator=(Hasher&&) noexcept = default;

template <typename Hash>
void Hasher<Hash>::update(std::string_view chunk) {
  require(EVP_DigestUpdate(state_->context.get(), chunk.data(), chunk.size()));
}

template <typename Hash>
Hash Hasher<Hash>::finish() {
  Hash out;
  unsigned size = 0;
  require(EVP_DigestFinal_ex(state_->context.get(), out.bytes.data(), &size));
  return out;
}

template class Hasher<Md5>;
template class Hasher<Sha1>;
template class Hasher<Sha256>;

Md5 md5_of(std::string_view content) {
  return hash_of<Md5>(content);
}
Sha1 sha1_of(std::string_view content) {
  return hash_of<Sha1>(content);
}
Sha256 sha256_of(std::string_view content) {
  return hash_of<Sha256>(content);
}

Sha256 hmac_sha256(std::string_view key, std::string_view message) {
  Sha256 out;
  unsigned size = 0;
  if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), as_bytes(message).data(),
           message.size(), out.bytes.data(), &size) == nullptr) {
    stop_on_bug(Error{Code::internal, "OpenSSL cannot compute an HMAC"});
  }
  return out;
}

ContentHashes hashes_of(std::string_view content) {
  ContentHasher hasher;
  hasher.update(content);
  return hasher.finish();
}

void ContentHasher::update(std::string_view chunk) {
  md5_.update(chunk);
  sha256_.update(chunk);
  size_ += chunk.size();
}

ContentHashes ContentHasher::finish() {
  return ContentHashes{md5_.finish(), sha256_.finish(), size_};
}

}  // namespace base
