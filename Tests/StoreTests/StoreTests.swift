import Foundation
import GRDB
import Store
import Testing

@Suite struct StoreTests {
    /// A state directory that lasts as long as the body.
    private func withDirectory(_ body: (URL) async throws -> Void) async throws {
        let directory = FileManager.default.temporaryDirectory
            .appendingPathComponent("quaymaster-store-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        try await body(directory)
    }

    private func claim(
        _ store: Store, _ tags: [String], for tenant: String, by identity: String = "alice"
    ) async -> Result<Void, StoreError> {
        await withCheckedContinuation { continuation in
            store.claim(tags, for: tenant, by: identity) { continuation.resume(returning: $0) }
        }
    }

    private func release(_ store: Store, _ tags: [String], of tenant: String) async -> Result<Void, StoreError> {
        await withCheckedContinuation { continuation in
            store.release(tags, of: tenant) { continuation.resume(returning: $0) }
        }
    }

    private func expect(
        _ result: Result<Void, StoreError>, _ error: StoreError?, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        switch result {
        case .success: #expect(error == nil, sourceLocation: sourceLocation)
        case .failure(let found): #expect(found == error, sourceLocation: sourceLocation)
        }
    }

    /// Names are a bounded good, and giving some up makes room.
    @Test func aTenantHasSoManyTagsAndNoMore() async throws {
        try await withDirectory { directory in
            let store = try Store(directory: directory, mostTags: 3)
            expect(await claim(store, ["a", "b"], for: "red"), nil)
            expect(await claim(store, ["c", "d"], for: "red"), .full("red", 3))
            #expect(store.tags(of: "red") == ["a", "b"], "all of them or none")
            expect(await claim(store, ["c", "a", "b", "c"], for: "red"), nil)
            expect(await claim(store, ["d"], for: "red"), .full("red", 3))
            expect(await claim(store, ["a"], for: "red"), nil)
            expect(await claim(store, ["d"], for: "blue"), nil)
            expect(await release(store, ["b"], of: "red"), nil)
            expect(await claim(store, ["e"], for: "red"), nil)
            #expect(store.allTags == ["a": "red", "c": "red", "d": "blue", "e": "red"])
        }
    }

    private func file(_ directory: URL, _ suffix: String = "") -> URL {
        directory.appendingPathComponent("store.sqlite" + suffix)
    }

    // MARK: Claims

    @Test func aTagHasOneOwner() async throws {
        try await withDirectory { directory in
            let store = try Store(directory: directory)
            #expect(store.tenant(ofTag: "docker.io/library/a:1") == nil)
            expect(await claim(store, ["docker.io/library/a:1", "docker.io/library/a:2"], for: "red"), nil)
            #expect(store.tenant(ofTag: "docker.io/library/a:1") == "red")
            expect(
                await claim(store, ["docker.io/library/a:2"], for: "blue"), .taken("docker.io/library/a:2", by: "red"))
            // One's own is no conflict, and another letter is another name.
            expect(await claim(store, ["docker.io/library/a:1"], for: "red", by: "bo"), nil)
            expect(await claim(store, ["Docker.io/library/a:1"], for: "blue"), nil)
            #expect(store.tags(of: "red") == ["docker.io/library/a:1", "docker.io/library/a:2"])
            #expect(store.tags(of: "blue") == ["Docker.io/library/a:1"])
            #expect(store.tags(of: "green").isEmpty)
            expect(await claim(store, [], for: "red"), nil)
        }
    }

    /// Of several tags all are claimed or none, in memory and on the disk.
    @Test func aClaimIsWholeOrNothing() async throws {
        try await withDirectory { directory in
            var store = try Store(directory: directory)
            expect(await claim(store, ["b"], for: "red"), nil)
            expect(await claim(store, ["a", "b", "c"], for: "blue"), .taken("b", by: "red"))
            #expect(store.tags(of: "blue").isEmpty)
            #expect(store.tenant(ofTag: "a") == nil && store.tenant(ofTag: "c") == nil)
            try store.close()
            store = try Store(directory: directory)
            #expect(store.tags(of: "blue").isEmpty && store.tags(of: "red") == ["b"])
            expect(await claim(store, ["a", "c", "a"], for: "blue"), nil)
            #expect(store.tags(of: "blue") == ["a", "c"])
        }
    }

    @Test func onlyTheOwnerReleases() async throws {
        try await withDirectory { directory in
            var store = try Store(directory: directory)
            expect(await claim(store, ["a", "b"], for: "red"), nil)
            expect(await release(store, ["a", "b", "x"], of: "blue"), nil)
            #expect(store.tags(of: "red") == ["a", "b"])
            expect(await release(store, ["a", "x"], of: "red"), nil)
            #expect(store.tags(of: "red") == ["b"])
            expect(await claim(store, ["a"], for: "blue"), nil)
            try store.close()
            store = try Store(directory: directory)
            #expect(store.tags(of: "red") == ["b"] && store.tags(of: "blue") == ["a"])
        }
    }

    /// Of a hundred who ask at once one gets it.
    @Test func claimsComeOneAfterTheOther() async throws {
        try await withDirectory { directory in
            let store = try Store(directory: directory)
            let winners = await withTaskGroup(of: String?.self) { group in
                for number in 0..<100 {
                    group.addTask {
                        let tenant = "t\(number)"
                        guard case .success = await claim(store, ["own\(number)", "same"], for: tenant) else {
                            return nil
                        }
                        return tenant
                    }
                }
                return await group.reduce(into: [String]()) { if let tenant = $1 { $0.append(tenant) } }
            }
            #expect(winners.count == 1)
            #expect(store.tenant(ofTag: "same") == winners.first)
            #expect((0..<100).filter { store.tenant(ofTag: "own\($0)") != nil }.count == 1)
        }
    }

    @Test(arguments: ["", "a b", "a\u{0}", "caf\u{E9}", "cafe\u{301}", String(repeating: "x", count: 513)])
    func whatIsNoNameIsNotKept(text: String) async throws {
        try await withDirectory { directory in
            let store = try Store(directory: directory)
            expect(await claim(store, ["a", text], for: "red"), .unkeepable(text))
            expect(await claim(store, ["a"], for: text), .unkeepable(text))
            expect(await claim(store, ["a"], for: "red", by: text), .unkeepable(text))
            #expect(store.tenant(ofTag: "a") == nil)
        }
    }

    // MARK: The file

    @Test func theFileIsForItsOwnerOnly() async throws {
        try await withDirectory { directory in
            let store = try Store(directory: directory)
            expect(await claim(store, ["a"], for: "red"), nil)
            for suffix in ["", "-wal"] {
                let mode = try FileManager.default.attributesOfItem(atPath: file(directory, suffix).path)[
                    .posixPermissions]
                #expect(mode as? NSNumber == 0o600, "\(suffix)")
            }
            #expect(!FileManager.default.fileExists(atPath: file(directory, ".new").path))
        }
    }

    @Test func whatWasClaimedIsThereAfterARestart() async throws {
        try await withDirectory { directory in
            for number in 1...3 {
                let store = try Store(directory: directory)
                #expect(store.tags(of: "red").count == number - 1)
                expect(await claim(store, ["a\(number)"], for: "red"), nil)
                try store.close()
            }
            let row = try DatabaseQueue(path: file(directory).path).read {
                try Row.fetchOne($0, sql: "SELECT * FROM image_tag WHERE reference = 'a2'")
            }
            let (tenant, identity): (String?, String?) = (row?["tenant"], row?["identity"])
            #expect(tenant == "red" && identity == "alice")
            let created: Int64 = try #require(row?["created_at"])
            #expect(created > 1_700_000_000_000_000)
        }
    }

    /// The power goes: what the disk holds at that moment is all that is left.
    @Test func whatWasToldIsOnTheDisk() async throws {
        try await withDirectory { directory in
            let store = try Store(directory: directory)
            for number in 1...5 { expect(await claim(store, ["a\(number)"], for: "red"), nil) }
            let log = try Data(contentsOf: file(directory, "-wal"))
            // A last write that was torn takes nothing with it that was told before.
            for cut in [0, 1, 100, 4096, 5000] {
                try await withDirectory { copy in
                    try FileManager.default.copyItem(at: file(directory), to: file(copy))
                    try log.dropLast(cut).write(to: file(copy, "-wal"))
                    let after = try Store(directory: copy)
                    #expect(after.tags(of: "red").count >= (cut == 0 ? 5 : 3), "\(cut)")
                    #expect(after.tenant(ofTag: "a1") == "red")
                    expect(await claim(after, ["b"], for: "blue"), nil)
                    try after.close()
                    #expect(try Store(directory: copy).tenant(ofTag: "b") == "blue")
                }
            }
            try store.close()
        }
    }

    @Test func aStoreHasOneGateway() async throws {
        try await withDirectory { directory in
            let store = try Store(directory: directory)
            let path = file(directory).path
            #expect(throws: StoreError.inUse(path)) { try Store(directory: directory) }
            expect(await claim(store, ["a"], for: "red"), nil)
            #expect(throws: StoreError.inUse(path)) { try Store(directory: directory) }
            #expect(store.tenant(ofTag: "a") == "red")
            try store.close()
            let next = try Store(directory: directory)
            #expect(next.tenant(ofTag: "a") == "red")
        }
    }

    @Test func aClosedStoreTakesNothing() async throws {
        try await withDirectory { directory in
            let store = try Store(directory: directory)
            expect(await claim(store, ["a"], for: "red"), nil)
            try store.close()
            try store.close()
            expect(await claim(store, ["b"], for: "red"), .closed)
            expect(await release(store, ["a"], of: "red"), .closed)
            #expect(store.tags(of: "red") == ["a"])
        }
    }

    /// A beginning that was broken off leaves nothing that counts.
    @Test func aBrokenBeginningIsBegunAgain() async throws {
        try await withDirectory { directory in
            try Data("half of it".utf8).write(to: file(directory, ".new"))
            try Data("and its journal".utf8).write(to: file(directory, ".new-journal"))
            let store = try Store(directory: directory)
            expect(await claim(store, ["a"], for: "red"), nil)
        }
    }

    // MARK: What is not opened

    private func makeStore(_ directory: URL) async throws {
        let store = try Store(directory: directory)
        // More than a page, so that damage is found wherever it is.
        expect(await claim(store, (0..<500).map { "docker.io/library/image-\($0):1" }, for: "red"), nil)
        try store.close()
    }

    @Test func aNewerSchemaIsLeftAlone() async throws {
        try await withDirectory { directory in
            try await makeStore(directory)
            try await DatabaseQueue(path: file(directory).path).write { database in
                try database.execute(sql: "INSERT INTO grdb_migrations VALUES ('9 of another time')")
            }
            let before = try Data(contentsOf: file(directory))
            let path = file(directory).path
            #expect(throws: StoreError.newer(path)) { try Store(directory: directory) }
            #expect(try Data(contentsOf: file(directory)) == before)
        }
    }

    @Test func anotherProgramsFileIsLeftAlone() async throws {
        try await withDirectory { directory in
            try await DatabaseQueue(path: file(directory).path).write { database in
                try database.execute(sql: "CREATE TABLE image_tag (a); INSERT INTO image_tag VALUES (1)")
            }
            let before = try Data(contentsOf: file(directory))
            let path = file(directory).path
            #expect(throws: StoreError.damaged(path, "it is another program's")) { try Store(directory: directory) }
            #expect(try Data(contentsOf: file(directory)) == before)
        }
    }

    /// Two names that Swift takes for one, and what is no name at all.
    @Test(arguments: ["('caf\u{E9}', 'red', 'a', 1), ('cafe\u{301}', 'blue', 'a', 1)", "('', 'red', 'a', 1)", "('a b', 'red', 'a', 1)"])
    func whatWeWouldNotHaveWrittenIsNotBelieved(rows: String) async throws {
        try await withDirectory { directory in
            try await makeStore(directory)
            try await DatabaseQueue(path: file(directory).path).write { database in
                try database.execute(sql: "INSERT INTO image_tag VALUES \(rows)")
            }
            let path = file(directory).path
            #expect(throws: StoreError.damaged(path, "it holds what is no image name")) {
                try Store(directory: directory)
            }
        }
    }

    enum Damage: String, CaseIterable, CustomTestStringConvertible {
        case empty
        case noise
        case header
        case page
        case cut
        case missing
        var testDescription: String { rawValue }
    }

    @Test(arguments: Damage.allCases)
    func whatIsDamagedIsSaidAndKept(damage: Damage) async throws {
        try await withDirectory { directory in
            try await makeStore(directory)
            let url = file(directory)
            var bytes = try Data(contentsOf: url)
            let size = bytes.count
            switch damage {
            case .empty: bytes = Data()
            case .noise: bytes = Data((0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ 7) })
            case .header: bytes.replaceSubrange(0..<16, with: repeatElement(0x5A, count: 16))
            case .page: bytes.replaceSubrange(size / 2..<size / 2 + 4096, with: repeatElement(0xA5, count: 4096))
            case .cut: bytes = bytes.prefix(size / 2)
            case .missing:
                try FileManager.default.removeItem(at: url)
                try Data("a log".utf8).write(to: file(directory, "-wal"))
            }
            if damage != .missing { try bytes.write(to: url) }
            do throws(StoreError) {
                _ = try Store(directory: directory)
                Issue.record("was opened")
            } catch {
                guard case .damaged(let path, let what) = error else {
                    Issue.record(error)
                    return
                }
                #expect(path == url.path && !what.isEmpty)
                #expect(error.hint?.contains("backup") == true)
            }
            if damage == .missing {
                #expect(!FileManager.default.fileExists(atPath: url.path))
            } else {
                #expect(try Data(contentsOf: url) == bytes)
            }
        }
    }

    @Test func aDirectoryThatIsMissingIsSaid() throws {
        let absent = URL(fileURLWithPath: "/nonexistent/state")
        do throws(StoreError) {
            _ = try Store(directory: absent)
            Issue.record("was opened")
        } catch {
            guard case .failed(let path, _) = error else {
                Issue.record(error)
                return
            }
            #expect(path == "/nonexistent/state/store.sqlite")
        }
    }
}
