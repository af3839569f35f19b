import Testing

@testable import GuardedShell

/// The frames in which the engine tells output from errors.
@Suite struct StreamFramesTests {
    private func frame(_ stream: UInt8, _ text: String) -> [UInt8] {
        [stream, 0, 0, 0, 0, 0, 0, UInt8(text.utf8.count)] + Array(text.utf8)
    }

    @Test func piecesMakeNoDifference() {
        let bytes = frame(1, "out") + frame(2, "error") + frame(1, "") + frame(1, "more")
        for size in 1...bytes.count {
            var frames = StreamFrames()
            var (out, errors): ([UInt8], [UInt8]) = ([], [])
            for start in stride(from: 0, to: bytes.count, by: size) {
                for piece in frames.receive(bytes[start..<min(start + size, bytes.count)]) {
                    if piece.isError { errors += piece.bytes } else { out += piece.bytes }
                }
            }
            #expect(String(decoding: out, as: UTF8.self) == "outmore")
            #expect(String(decoding: errors, as: UTF8.self) == "error")
        }
    }

    /// A length that never comes takes up nothing.
    @Test func theGreatestLengthIsNoTrap() {
        var frames = StreamFrames()
        #expect(frames.receive([1, 0, 0, 0, 255, 255, 255, 255, 7]).map(\.bytes) == [[7]])
    }
}
