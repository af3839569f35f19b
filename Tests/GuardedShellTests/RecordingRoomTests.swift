import Foundation
import Testing

@testable import GuardedShell

/// No tenant's recordings fill the disk of all.
@Suite struct RecordingRoomTests {
    private static func header(_ tenant: String) -> [UInt8] {
        Cast.header(time: 0, title: "alice in web", tags: ["identity=alice", "tenant=\(tenant)"])
    }

    private func withRecorder(most: Int, _ body: (Recorder) async throws -> Void) async throws {
        let state = FileManager.default.temporaryDirectory.appendingPathComponent("room-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: state, withIntermediateDirectories: true)
        try await body(Recorder(state: state, mostOfTenant: most))
        try FileManager.default.removeItem(at: state)
    }

    /// Writes, and waits for it and all that was written before.
    private func write(_ count: Int, _ tape: Recorder.Tape) async {
        await withCheckedContinuation { done in
            tape.write([UInt8](repeating: 0x0A, count: count)) { done.resume() }
        }
    }

    /// A tenant's recordings have a bound; another's and the administrators' are no part of it.
    @Test func aTenantHasItsRoom() async throws {
        try await withRecorder(most: 1000) { recorder in
            let first = try #require(recorder.begin("A", for: "red", Self.header("red")))
            await write(1, first)
            let begun = recorder.room.sums.bytes
            await write(750 - begun, first)
            #expect(recorder.objection(to: "red") == nil && first.failure == nil)
            let second = try #require(recorder.begin("B", for: "red", []))
            // What has begun may use all of it; nothing begins with less than a quarter of it.
            await write(1, second)
            #expect(recorder.objection(to: "red") == .tenant("red", most: 1000))
            await write(250, second)
            #expect(second.failure == .tenant("red", most: 1000) && first.failure == nil)
            await write(249, first)
            #expect(first.failure == nil)
            for other in ["blue", ""] {
                #expect(recorder.objection(to: other) == nil)
                let tape = try #require(recorder.begin("C" + other.uppercased(), for: other, Self.header(other)))
                await write(other.isEmpty ? 5000 : 500, tape)
                #expect(tape.failure == nil, "\(other)")
            }
            #expect(recorder.room.sums.bytes > 6500 && recorder.room.sums.refused == 2)
        }
    }

    /// What stands on the disk counts after a restart, and what was taken away does not.
    @Test func whatIsOnTheDiskCounts() async throws {
        try await withRecorder(most: 1000) { recorder in
            let tape = try #require(recorder.begin("A", for: "red", Self.header("red")))
            await write(800, tape)
            let state = recorder.folder.deletingLastPathComponent()
            let again = Recorder(state: state, mostOfTenant: 500)
            // What is written waits for the count.
            let next = try #require(again.begin("B", for: "red", Self.header("red")))
            await write(1, next)
            #expect(next.failure == .tenant("red", most: 500) && again.objection(to: "red") != nil)
            try FileManager.default.removeItem(at: recorder.folder.appendingPathComponent("A.cast"))
            again.room.count(again.library)
            #expect(again.objection(to: "red") == nil && again.room.sums.bytes == 0)
        }
    }

    @Test func aFailureSaysWhatFollowsAndWhatHelps() {
        let words = RecordingFailure.tenant("red", most: 7).words(so: "nobody enters")
        #expect(
            words == "the recordings of the tenant red have all of the 7 bytes that they may, or nearly so, so nobody enters; rule "
                + "limit.recordings; an operator takes some away, or raises tenantRecordingBytes")
    }
}
