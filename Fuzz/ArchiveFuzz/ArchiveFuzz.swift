import Archive

/// libFuzzer's own loop (its interface for programs that bring their own `main`).
@_silgen_name("LLVMFuzzerRunDriver")
private func runFuzzer(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
    _ body: @convention(c) (UnsafePointer<UInt8>, Int) -> CInt
) -> CInt

/// The package manager gives an executable's `main` this name.
@_cdecl("archive_fuzz_main")
public func start(
    _ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> CInt {
    var count = count
    var arguments = arguments
    return runFuzzer(&count, &arguments, fuzz)
}

/// What libFuzzer calls with each input: `make soak` builds and runs it.
///
/// The first byte says what the archive is for, the second where the rest is cut. Headers have a
/// checksum that no mutation keeps, so every block that looks like one gets it right first. Whole and
/// cut must come to the same; what the sieve sends on it takes again, and sends on unchanged.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    guard bytes.count > 2 else { return 0 }
    let input = mended(Array(bytes.dropFirst(2)))
    let purpose = purposes[Int(bytes[0] & 0x7F) % purposes.count]
    let cut = Int(bytes[1]) * input.count / 256
    let whole = Sieved(purpose, [input[...]])
    let parts = Sieved(purpose, [input[..<cut], input[cut...]])
    precondition(parts.refusal == whole.refusal, "the cut matters")
    guard whole.refusal == nil else { return 0 }
    precondition(parts.output == whole.output, "the cut matters")
    let again = Sieved(purpose, [whole.output[...]])
    precondition(again.refusal == nil, "what was written is refused: \(again.refusal ?? "")")
    precondition(again.output == whole.output, "what was written comes out changed")
    precondition(!looksCompressed(whole.output), "what was written looks compressed")
    return 0
}

private let purposes: [ArchiveSieve.Purpose] = [
    .copyIn(devices: true), .importRoot(devices: false), .load,
    .buildContext(dockerfile: ""), .buildContext(dockerfile: "a/b/../D"),
]

/// What a sieve makes of an archive: everything that it sent on, or its refusal.
private struct Sieved {
    var output: [UInt8] = []
    var refusal: String?

    init(_ purpose: ArchiveSieve.Purpose, _ pieces: [ArraySlice<UInt8>]) {
        var sieve = ArchiveSieve(purpose)
        do {
            for piece in pieces { output += try sieve.receive(piece) }
            try sieve.inputEnded()
            output += sieve.finish()
        } catch {
            refusal = "\(error)"
        }
    }
}

/// Gives every block that names itself ustar, and the first one, its right checksum.
private func mended(_ input: [UInt8]) -> [UInt8] {
    var bytes = input
    for block in stride(from: 0, through: bytes.count - 512, by: 512) {
        guard block == 0 || bytes[block + 257] == UInt8(ascii: "u") else { continue }
        bytes.replaceSubrange((block + 148)..<(block + 156), with: Array("        ".utf8))
        var sum = bytes[block..<(block + 512)].reduce(0) { $0 + Int($1) }
        for place in (148..<154).reversed() {
            bytes[block + place] = 0x30 + UInt8(sum & 7)
            sum >>= 3
        }
    }
    return bytes
}

/// True when an engine that looks at the first bytes would take them for a compressed stream.
private func looksCompressed(_ bytes: [UInt8]) -> Bool {
    let magics: [[UInt8]] = [
        [0x42, 0x5A, 0x68], [0x1F, 0x8B], [0xFD, 0x37, 0x7A, 0x58, 0x5A], [0x28, 0xB5, 0x2F, 0xFD],
    ]
    return magics.contains { bytes.starts(with: $0) }
        || bytes.dropFirst().starts(with: [0x2A, 0x4D, 0x18])
}
