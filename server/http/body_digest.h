// The digest of a request's body, taken while a handler reads it: nothing is held back, however
// large the body is. Of a form it does not depend on the boundary, which clients draw anew for
// every attempt: the same parts are the same body.
//
//   BodyDigest digest(request);                    // from now on every read is counted
//   Reply reply = handler(context);
//   const base::Sha256 hash = TRY(digest.finish());    // reads what the handler left
//
// Belongs to the request's thread; the request must outlive it.
#pragma once

#include <string>
#include <string_view>

#include "base/digest.h"
#include "base/result.h"
#include "server/http/request.h"

namespace server::http {

class BodyDigest {
 public:
  explicit BodyDigest(Request& request);
  ~BodyDigest();
  BodyDigest(const BodyDigest&) = delete;
  BodyDigest& operator=(const BodyDigest&) = delete;

  // Reads the rest of the body and drops it. The errors are those of Request::read.
  base::Result<base::Sha256> finish();

 private:
  void update(std::string_view bytes);
  void end_section();

  Request& request_;
  BodyReader body_;                     // the request's own
  std::string delimiter_;               // "--boundary" of a form; empty: one section only
  std::string tail_;                    // the end of what came, as long as it may begin a delimiter
  base::Hasher<base::Sha256> section_;  // since the last delimiter
  base::Hasher<base::Sha256> sections_;  // of the digests of those before
};

}  // namespace server::http
