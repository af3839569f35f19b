import Foundation
import NIOCore
import NIOPosix
import Testing

@testable import GuardedShell

/// Nothing of an exec goes on unrecorded, also when it says nothing more.
@Suite struct ExecTapeTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let testDescription: String
        /// The tenant's room; characters of the exec's words, which stand in the first line; and of what it says.
        let most: Int, words: Int, said: Int
        let begins: Bool, goesOn: Bool
    }

    private static let full = RecordingFailure.tenant("red", most: 1000)

    @Test(arguments: [
        Row(testDescription: "all fits", most: 1000, words: 10, said: 100, begins: true, goesOn: true),
        Row(testDescription: "what it says does not fit", most: 1000, words: 10, said: 900, begins: true, goesOn: false),
        Row(testDescription: "the first line does not fit", most: 1000, words: 900, said: 1, begins: false, goesOn: false),
    ])
    func whatIsNotRecordedIsTold(row: Row) async throws {
        let state = FileManager.default.temporaryDirectory.appendingPathComponent("tape-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: state, withIntermediateDirectories: true)
        let recorder = Recorder(state: state, mostOfTenant: row.most)
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let begun = loop.makePromise(of: RecordingFailure?.self)
        let written = loop.makePromise(of: RecordingFailure?.self)
        try await loop.submit {
            let subject = ExecTape.Subject(
                identity: "alice", tenant: "red", container: "", exec: "e",
                words: [String(repeating: "w", count: row.words)], hasTerminal: true, showsKeys: false)
            let tape = try #require(ExecTape("A", of: subject, by: recorder, on: loop))
            tape.whenFailed { written.succeed($0) }
            tape.whenRoom { written.succeed(nil) }
            tape.whenBegun { failure in
                begun.succeed(failure)
                tape.output(ByteBuffer(repeating: 0x78, count: row.said))
                tape.output(ByteBuffer(string: "\n"))
            }
        }.get()
        #expect(try await begun.futureResult.get() == (row.begins ? nil : Self.full))
        #expect(try await written.futureResult.get() == (row.goesOn ? nil : Self.full))
        try FileManager.default.removeItem(at: state)
    }
}
