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

    /// What an operator takes away is found, and what is brought back; what is written meanwhile is neither.
    @Test func theSumFollowsTheDisk() async throws {
        try await withRecorder(most: 1000) { recorder in
            for (id, tenant) in [("A", "red"), ("B", "tan")] {
                await write(400, try #require(recorder.begin(id, for: tenant, Self.header(tenant))))
            }
            let sum = recorder.room.sums.bytes
            let (file, away) = (
                recorder.folder.appendingPathComponent("A.cast"), recorder.folder.appendingPathComponent("away")
            )
            try FileManager.default.moveItem(at: file, to: away)
            #expect(recorder.room.count(recorder.library) == nil && recorder.room.sums.bytes == sum / 2)
            try FileManager.default.moveItem(at: away, to: file)
            #expect(recorder.room.count(recorder.library) == nil && recorder.room.sums.bytes == sum)
        }
    }

    /// A recording of nobody may be anybody's; what has no byte is nobody's room, and administrators go on.
    @Test func whatCannotBeReadCountsForEveryTenant() async throws {
        try await withRecorder(most: 1000) { recorder in
            await write(1, try #require(recorder.begin("A", for: "red", Self.header("red"))))
            let torn = recorder.folder.appendingPathComponent("B.cast")
            try Data(repeating: 0x78, count: 900).write(to: torn)
            try Data().write(to: recorder.folder.appendingPathComponent("C.cast"))
            let problem = try #require(recorder.room.count(recorder.library))
            #expect(problem.contains("B.cast cannot be read, so it counts for every tenant"), "\(problem)")
            // It is said once.
            #expect(recorder.room.count(recorder.library) == nil)
            #expect(recorder.objection(to: "red") != nil && recorder.objection(to: "blue") != nil)
            #expect(recorder.objection(to: "") == nil)
            try FileManager.default.removeItem(at: torn)
            #expect(recorder.room.count(recorder.library) == nil && recorder.objection(to: "blue") == nil)
        }
    }

    /// A folder that was never read is full for every tenant, and one that was read before is not.
    @Test(arguments: [true, false]) func aFolderThatCannotBeReadIsFull(wasRead: Bool) async throws {
        try await withRecorder(most: 1000) { recorder in
            let room = wasRead ? recorder.room : RecordingRoom(mostOfTenant: 1000)
            await write(1, try #require(recorder.begin("A", for: "red", Self.header("red"))))
            try FileManager.default.removeItem(at: recorder.folder)
            try Data().write(to: recorder.folder)
            #expect(room.count(recorder.library)?.contains("cannot be counted") == true)
            #expect(room.objection(to: "red") == (wasRead ? nil : .uncounted))
            #expect(room.take(1, of: "red", in: "B") == (wasRead ? nil : .uncounted))
            #expect(room.objection(to: "") == nil && room.take(1, of: "", in: "C") == nil)
        }
    }

    /// A file takes a part of what it is given when the disk is full: no more than that counts.
    @Test func whatIsNotWrittenDoesNotCount() async throws {
        let room = RecordingRoom(mostOfTenant: 1 << 30)
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0 && fcntl(ends[1], F_SETFL, O_NONBLOCK) == 0)
        defer { close(ends[0]) }
        let tape = Recorder.Tape(
            ends[1], Recorder.Tape.Place(id: "A", path: "/nowhere", tenant: "red"), DispatchQueue(label: "tape"), room)
        await write(100, tape)
        #expect(tape.failure == nil && room.sums.bytes == 100)
        await write(1 << 20, tape)
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let held = read(ends[0], &bytes, bytes.count)
        #expect(tape.failure == .disk && room.sums.bytes == held, "\(room.sums)")
        tape.end()
    }

    /// A recording whose first line does not fit never was.
    @Test func whatDoesNotBeginLeavesNothing() async throws {
        try await withRecorder(most: 1000) { recorder in
            let tape = try #require(recorder.begin("A", for: "red", [UInt8](repeating: 0x78, count: 1001)))
            await write(1, tape)
            #expect(tape.failure == .tenant("red", most: 1000) && recorder.room.sums.bytes == 0)
            #expect(try FileManager.default.contentsOfDirectory(atPath: recorder.folder.path).isEmpty)
        }
    }

    @Test func aFailureSaysWhatFollowsAndWhatHelps() {
        let words = RecordingFailure.tenant("red", most: 7).words(so: "nobody enters")
        #expect(
            words == "the recordings of the tenant red have all of the 7 bytes that they may, or nearly so, so nobody enters; rule "
                + "limit.recordings; an operator takes some away, or raises tenantRecordingBytes")
    }
}
