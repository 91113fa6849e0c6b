// The verb `glossator ocr FILE... --out DIR [--to json|text|hocr|alto|pdf]...
// [--profile accurate|fast] [--languages eng+deu] [--password TEXT] [--workers N]
// [--sandbox full|seccomp-only]`: reads files without any server.
//
// With --to text, hocr, alto or pdf writes DIR/<file stem>.txt, .hocr, .alto.xml or .pdf
// (docs/formats/text.md). With --to json, or without --to, for each page DIR/<file stem>.json (one
// page) or <file stem>-pNNNN.json (several):
// {"file","page","width","height","dpi","text","text_origin","words":[{"text",
// "bbox":[x0,y0,x1,y1],"confidence"}],"cpu_s"}. Boxes are pixels of the image as stored in the
// file, before EXIF orientation or deskew; for PDF pixels of the page at "dpi".
#pragma once

#include <string>
#include <vector>

#include "ocr/ocr_output.h"
#include "ocr/pipeline.h"

namespace ocr {

struct OcrCommand {
  std::vector<std::string> files;
  OutputSettings output;
  ReadSettings settings;
  WorkerPoolOptions pool;
};

// Reasons go to stderr, a line each: "FILE: reason" or "FILE: page 3: reason". Gives the exit
// status: 0 every page of every file was read, 1 something was refused.
int run_ocr_command(const OcrCommand& command);

// Parses the arguments after the verb and runs; 2 and the usage on stderr if they are wrong.
int run_ocr_command(const std::vector<std::string>& arguments);

}  // namespace ocr
