// The two dialects in which a fetch is answered. Both write what is wrong as a packet for the
// client and succeed; an error returned is the sink's or the store's.
#pragma once

#include <string>

#include "base/result.h"
#include "vcs/detail/fetch_session.h"
#include "vcs/fetch_cache.h"
#include "vcs/pkt_line.h"

namespace vcs {

// Where packs are made, for which repository and whom.
struct PackMaker {
  FetchCache& cache;
  std::string repository;
  std::string client;
};

// v0 and v1 (gitprotocol-pack): ACKs, then the pack in the bands that the client asked for.
base::Result<void> answer_fetch_v0(FetchSession& session, const FetchRequest& request,
                                   const PackMaker& maker, const Sink& out);
// v2 (gitprotocol-v2): sections.
base::Result<void> answer_fetch_v2(FetchSession& session, const FetchRequest& request,
                                   const PackMaker& maker, const Sink& out);

// What the client did wrong goes to the client; all else is passed up, after a word to the client.
base::Result<void> report_error(const base::Error& error, const Sink& out);

}  // namespace vcs
