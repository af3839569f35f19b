import Acts
import Archive
import EngineAPI
import FuzzSupport

/// What libFuzzer calls with each input: an archive.
///
/// The first byte says what the archive is for, the second where the rest is cut. Headers have a
/// checksum that no mutation keeps, so every block that looks like one gets it right first. Whole and
/// cut must come to the same; what the sieve sends on it takes again, sends on unchanged, and it
/// holds the same.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    feed(start, count) { bytes in
        guard bytes.count > 2 else { return }
        let input = mended(Array(bytes[2...]))
        let number = Int(bytes[0] & 0x3F) % purposes.count
        let purpose = purposes[number]
        let cut = Int(bytes[1]) * input.count / 256
        let whole = Sieved(purpose, [input[...]])
        let parts = Sieved(purpose, [input[..<cut], input[cut...]])
        hold(parts.refusal == whole.refusal, "the cut matters")
        guard whole.refusal == nil else { return }
        hold(parts.output == whole.output, "the cut matters")
        let again = Sieved(purpose, [whole.output[...]])
        hold(again.refusal == nil, "what was written is refused: \(again.refusal ?? "")")
        hold(again.output == whole.output, "what was written comes out changed")
        hold(!looksCompressed(whole.output), "what was written looks compressed")
        let contents = Contents(of: input, for: targets[number])
        hold(contents == Contents(of: whole.output, for: targets[number]), "it holds other things")
    }
}

private let purposes: [ArchiveSieve.Purpose] = [
    .copyIn(devices: true), .importRoot(devices: false), .load,
    .buildContext(dockerfile: ""), .buildContext(dockerfile: "a/b/../D"),
]

/// Requests that carry such archives.
private let targets = [
    "/containers/web/archive?path=/", "/images/create?fromSrc=-", "/images/load", "/build",
    "/build?dockerfile=a/b/../D",
]

/// What an archive turns out to hold for its request, or why that is refused.
private struct Contents: Equatable {
    var act: Act?
    var refusal: String?

    init(of archive: [UInt8], for target: String) {
        let method = target.hasPrefix("/containers") ? "PUT" : "POST"
        guard let call = try? Call(method, "/v1.41" + target), let draft = try? Draft(call),
            var judge = ArchiveJudge(draft)
        else { fatalError("\(target) carries no archive") }
        var output: [UInt8] = []
        do {
            try judge.receive(archive[...], appendingTo: &output)
            act = try judge.inputEnded(sha256: Self.digest).act
        } catch {
            refusal = error.sentence
        }
    }

    /// Stands for SHA-256, which no mutation keeps right either: the number of bytes.
    private static func digest(_ bytes: [UInt8]) -> String {
        let digits = String(bytes.count, radix: 16)
        return String(repeating: "0", count: 64 - digits.utf8.count) + digits
    }
}

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
