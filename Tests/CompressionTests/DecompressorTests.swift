import Compression
import Foundation
import Testing

/// A compressed stream and what becomes of it.
struct Vector: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let expected: String
    let bytes: [UInt8]

    static let all: [Vector] = {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Vectors/compression/vectors.txt")
        let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            guard words.count == 3, let data = Data(base64Encoded: String(words[2])) else { return nil }
            return Vector(
                testDescription: String(words[0]), expected: String(words[1]), bytes: Array(data))
        }
    }()

    var format: CompressionFormat? {
        if case .compressed(let format) = Sniff(bytes) { format } else { nil }
    }
}

/// What a decompressor makes of a stream in pieces.
private func decompress(
    _ format: CompressionFormat, _ pieces: [ArraySlice<UInt8>], maximumOutput: Int = 65536,
    limits: Decompressor.Limits = Decompressor.Limits()
) -> Result<[UInt8], CompressionFailure> {
    var result: [UInt8] = []
    do throws(CompressionFailure) {
        let decompressor = try Decompressor(format, limits: limits)
        for piece in pieces {
            var rest = piece
            while true {
                let output = try decompressor.decompress(&rest, maximumOutput: maximumOutput)
                #expect(output.count <= maximumOutput)
                result += output
                if output.count < maximumOutput, rest.isEmpty { break }
            }
        }
        try decompressor.inputEnded()
        return .success(result)
    } catch {
        return .failure(error)
    }
}

private let text = Array(
    (0..<200).map { "line \($0) of what is compressed\n" }.joined().utf8)

private func outcome(of vector: Vector, _ format: CompressionFormat) -> Result<[UInt8], CompressionFailure>? {
    switch vector.expected {
    case "text": .success(text)
    case "twice": .success(text + text)
    case "nothing": .success([])
    case "zeros": .success([UInt8](repeating: 0, count: 4 << 20))
    case "trailing": .failure(.trailingData(format))
    case "truncated": .failure(.truncated(format))
    case "damaged": .failure(.damaged(format))
    case "memory": .failure(.needsMemory(limit: 128 << 20))
    default: nil
    }
}

@Suite struct DecompressorTests {
    @Test func thereAreVectors() {
        #expect(Vector.all.count == 39)
        #expect(Set(Vector.all.compactMap(\.format)) == Set(CompressionFormat.allCases))
    }

    @Test(arguments: Vector.all)
    func decompressesOrRefuses(vector: Vector) throws {
        let format = try #require(vector.format)
        let expected = try #require(outcome(of: vector, format))
        #expect(decompress(format, [vector.bytes[...]]) == expected)
        #expect(decompress(format, [vector.bytes[...]], maximumOutput: 7000) == expected)
    }

    @Test(arguments: Vector.all.filter { $0.expected != "zeros" })
    func everyCutComesToTheSame(vector: Vector) throws {
        let format = try #require(vector.format)
        let bytes = vector.bytes
        let expected = try #require(outcome(of: vector, format))
        for cut in 0...bytes.count {
            #expect(decompress(format, [bytes[..<cut], bytes[cut...]]) == expected, "cut at \(cut)")
        }
        let single = bytes.indices.map { bytes[$0...$0] }
        #expect(decompress(format, single) == expected)
        #expect(decompress(format, single, maximumOutput: 1) == expected)
        #expect(decompress(format, [bytes[...]], maximumOutput: 13) == expected)
    }

    /// A stream that is cut off is never taken for a whole one.
    @Test(arguments: ["gzip", "bzip2", "xz", "zstd", "zstd-window-27"])
    func noBeginningIsWhole(name: String) throws {
        let vector = try #require(Vector.all.first { $0.testDescription == name })
        let format = try #require(vector.format)
        for count in 0..<vector.bytes.count {
            #expect(decompress(format, [vector.bytes[..<count]]) == .failure(.truncated(format)))
        }
    }

    /// Four mebibytes of zeros, in each format.
    @Test(arguments: Vector.all.filter { $0.expected == "zeros" })
    func bombsAreRefused(vector: Vector) throws {
        let format = try #require(vector.format)
        let zeros = [UInt8](repeating: 0, count: 4 << 20)
        var limits = Decompressor.Limits()
        // Below the size from which it counts the ratio says nothing.
        #expect(decompress(format, [vector.bytes[...]], limits: limits) == .success(zeros))
        limits.ratioFrom = 1 << 20
        #expect(
            decompress(format, [vector.bytes[...]], limits: limits) == .failure(.expands(ratio: 1000)))
        limits.ratio = 1 << 20
        #expect(decompress(format, [vector.bytes[...]], limits: limits) == .success(zeros))
        limits.total = zeros.count
        #expect(decompress(format, [vector.bytes[...]], limits: limits) == .success(zeros))
        limits.total -= 1
        #expect(
            decompress(format, [vector.bytes[...]], limits: limits)
                == .failure(.tooLarge(limit: zeros.count - 1)))
    }

    @Test func memoryIsBounded() throws {
        for (name, enough) in [("xz-dictionary", 300 << 20), ("zstd-window-28", 1 << 28)] {
            let vector = try #require(Vector.all.first { $0.testDescription == name })
            let format = try #require(vector.format)
            var limits = Decompressor.Limits()
            limits.memory = enough
            #expect(decompress(format, [vector.bytes[...]], limits: limits) == .success(text))
            limits.memory = enough - (64 << 20)
            #expect(
                decompress(format, [vector.bytes[...]], limits: limits)
                    == .failure(.needsMemory(limit: limits.memory)))
        }
    }

    @Test(arguments: ["gzip-two", "bzip2-two"])
    func partsAreBounded(name: String) throws {
        let vector = try #require(Vector.all.first { $0.testDescription == name })
        let format = try #require(vector.format)
        var limits = Decompressor.Limits()
        limits.parts = 2
        #expect(decompress(format, [vector.bytes[...]], limits: limits) == .success(text + text))
        limits.parts = 1
        #expect(
            decompress(format, [vector.bytes[...]], limits: limits) == .failure(.tooManyParts(limit: 1)))
    }

    @Test func aFailureStays() throws {
        let decompressor = try Decompressor(.gzip)
        var rest = Array("no gzip at all".utf8)[...]
        #expect(throws: CompressionFailure.damaged(.gzip)) {
            try decompressor.decompress(&rest, maximumOutput: 10)
        }
        var good = try #require(Vector.all.first).bytes[...]
        #expect(throws: CompressionFailure.damaged(.gzip)) {
            try decompressor.decompress(&good, maximumOutput: 10)
        }
        #expect(throws: CompressionFailure.damaged(.gzip)) { try decompressor.inputEnded() }
    }

    /// Damage anywhere is refused or harmless, never a trap; nothing grows beyond the limit.
    @Test func mutationsAreSurvived() {
        var random = SplitMix(seed: 20_261_124)
        // libzstd compares the size that an empty frame states only when it has all of it at once.
        let vectors = Vector.all.filter {
            ["text", "twice", "nothing"].contains($0.expected) && $0.testDescription != "zstd-nothing"
        }
        var limits = Decompressor.Limits()
        limits.total = 1 << 20
        for round in 0..<4000 {
            var bytes = vectors[round % vectors.count].bytes
            guard let format = vectors[round % vectors.count].format else { continue }
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                bytes[place] = UInt8.random(in: 0...255, using: &random)
            }
            let cut = Int.random(in: 0...bytes.count, using: &random)
            let whole = decompress(format, [bytes[...]], limits: limits)
            #expect(decompress(format, [bytes[..<cut], bytes[cut...]], limits: limits) == whole)
        }
    }

    @Test func sentencesSayWhatIsWrong() {
        #expect(
            CompressionFailure.trailingData(.gzip).sentence
                == "something follows the gzip data; only more of the same may follow")
        #expect(CompressionFailure.expands(ratio: 1000).rule == "compression.size")
        #expect(CompressionFailure.truncated(.xz).rule == "compression.format")
    }
}

/// A random source that is the same everywhere (SplitMix64).
private struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
