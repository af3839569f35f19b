import Foundation
import GRDB
import Store
import Testing

/// Whose objects are: intents, what became of them, and what is left after a crash.
@Suite struct ObjectStoreTests {
    private func withDirectory(_ body: (URL) async throws -> Void) async throws {
        let directory = FileManager.default.temporaryDirectory
            .appendingPathComponent("quaymaster-objects-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        try await body(directory)
    }

    private func nonce(_ number: Int) -> String {
        String(repeating: "0", count: 31) + String(number, radix: 16)
    }

    private func intent(_ number: Int, _ kind: String = "container", of tenant: String = "red") -> OwnedObject {
        OwnedObject(nonce: nonce(number), engine: "E:1", kind: kind, name: "n", tenant: tenant, identity: "alice")
    }

    private func key(_ id: String, _ kind: String = "container", engine: String = "E:1") -> OwnedObject.Key {
        OwnedObject.Key(engine: engine, kind: kind, id: id)
    }

    private func volume(
        _ number: Int, _ id: String, of tenant: String = "red", origin: OwnedObject.Origin = .adopted
    ) -> OwnedObject {
        OwnedObject(
            nonce: nonce(number), engine: "E:1", kind: "volume", id: id, origin: origin, tenant: tenant,
            identity: "alice")
    }

    private func wait(_ change: (@escaping Store.Completion) -> Void) async -> StoreError? {
        await withCheckedContinuation { continuation in
            change { result in
                switch result {
                case .success: continuation.resume(returning: nil)
                case .failure(let error): continuation.resume(returning: error)
                }
            }
        }
    }

    /// Ports are added up over what is there and what is being made, and are known after a restart.
    @Test func portsAreAddedUp() async throws {
        try await withDirectory { directory in
            let quota = [OwnedObject.portQuota: 5]
            let full = StoreError.quota("red", kind: OwnedObject.portQuota, most: 5)
            func object(_ number: Int, _ ports: Int, _ kind: String = "container", of tenant: String = "red")
                -> OwnedObject
            {
                OwnedObject(
                    nonce: nonce(number), engine: "E:1", kind: kind, name: "n\(number)", tenant: tenant,
                    identity: "alice", ports: ports)
            }
            do {
                let store = try Store(directory: directory)
                let objects = store.objects
                func make(_ object: OwnedObject) async -> StoreError? {
                    await wait { objects.intend(object, within: quota, $0) }
                }
                #expect(await make(object(1, 3)) == nil)
                #expect(await make(object(2, 3)) == full)
                #expect(await make(object(3, 2, "service")) == nil)
                // What publishes nothing is not held up, and others have their own.
                #expect(await make(object(4, 0)) == nil)
                #expect(await make(object(5, 1)) == full)
                #expect(await make(object(6, 5, of: "blue")) == nil)
                objects.settle(nonce(1), as: "c1")
                objects.settle(nonce(3), as: "s1")
                objects.drop([nonce(2), nonce(5)])
                #expect(await wait { objects.publish(3, by: key("s1", "service"), within: quota, $0) } == full)
                let one = try #require(objects[key("c1")])
                #expect(await wait { objects.release(one, $0) } == nil)
                #expect(await wait { objects.publish(4, by: key("s1", "service"), within: quota, $0) } == nil)
                // Fewer are not fewer until the service has gone.
                #expect(await wait { objects.publish(1, by: key("s1", "service"), within: quota, $0) } == nil)
                #expect(await make(object(7, 2)) == full)
                try store.close()
            }
            let store = try Store(directory: directory)
            #expect(store.objects[key("s1", "service")]?.ports == 4)
            try store.close()
        }
    }

    /// What is being made counts, so that nobody passes a quota by asking many times at once.
    @Test func quotasCountIntentsToo() async throws {
        try await withDirectory { directory in
            let objects = try Store(directory: directory).objects
            let quota = ["container": 2, "volume": 1]
            func make(_ number: Int, _ kind: String = "container", of tenant: String = "red") async -> StoreError? {
                await wait { objects.intend(intent(number, kind, of: tenant), within: quota, $0) }
            }
            let full = StoreError.quota("red", kind: "container", most: 2)
            #expect(await make(1) == nil)
            #expect(await make(2) == nil)
            #expect(await make(3) == full)
            #expect(await make(4, of: "blue") == nil && objects.count("container", of: "red") == 2)
            // Settled it counts once; dropped or released it does not.
            let object = try #require(objects.settle(nonce(1), as: "c1"))
            #expect(await make(3) == full && objects.count("container", of: "red") == 2)
            objects.drop([nonce(2)])
            #expect(await make(3) == nil)
            objects.release(object)
            #expect(await make(5) == nil)
            #expect(await make(6) == full)
            // Volumes that came with containers can be more than there may be: no container follows then.
            #expect(await wait { objects.keep([volume(7, "a", origin: .brought), volume(8, "b")], $0) } == nil)
            objects.drop([nonce(3), nonce(5)])
            #expect(await make(9) == .quota("red", kind: "volume", most: 1))
            #expect(await make(9, "volume") == .quota("red", kind: "volume", most: 1))
            #expect(await make(9, "network") == nil)
        }
    }

    @Test func anIntentIsNobodysUntilItIsSettled() async throws {
        try await withDirectory { directory in
            var store = try Store(directory: directory)
            #expect(await wait { store.objects.intend(intent(1), $0) } == nil)
            #expect(store.objects.intent(nonce(1))?.tenant == "red")
            #expect(store.objects[key("c1")] == nil && store.objects.list().isEmpty)
            #expect(store.objects.awaits("container") && !store.objects.awaits("volume"))
            // A crash here leaves the intent.
            try store.close()
            store = try Store(directory: directory)
            #expect(store.objects.intent(nonce(1)) != nil)
            #expect(await wait { store.objects.settle(nonce(1), as: "c1", $0) } == nil)
            #expect(store.objects[key("c1")]?.tenant == "red")
            #expect(store.objects[key("c1", engine: "E:2")] == nil && store.objects[key("c1", "volume")] == nil)
            #expect(store.objects.intent(nonce(1)) == nil && store.objects.settled(nonce(1))?.id == "c1")
            // A copied seal names a nonce that is settled: there is no second object.
            #expect(store.objects.settle(nonce(1), as: "c2") == nil && store.objects[key("c2")] == nil)
            #expect(store.objects.settle(nonce(2), as: "c2") == nil)
            try store.close()
            store = try Store(directory: directory)
            #expect(store.objects.list(of: "red").map(\.id) == ["c1"] && store.objects.list(of: "blue").isEmpty)
        }
    }

    @Test func whatCameToNothingIsForgotten() async throws {
        try await withDirectory { directory in
            var store = try Store(directory: directory)
            for number in 1...2 { #expect(await wait { store.objects.intend(intent(number), $0) } == nil) }
            store.objects.settle(nonce(1), as: "c1")
            // What has become an object is dropped by nobody.
            store.objects.drop([nonce(1), nonce(2)])
            #expect(store.objects.intents().isEmpty && store.objects[key("c1")] != nil)
            try store.close()
            store = try Store(directory: directory)
            #expect(store.objects.intents().isEmpty && store.objects[key("c1")] != nil)
        }
    }

    /// Names of volumes come again; whoever is released late takes nothing from who came after.
    @Test func aNameThatComesAgainIsAnother() async throws {
        try await withDirectory { directory in
            var store = try Store(directory: directory)
            #expect(await wait { store.objects.intend(intent(1, "volume"), $0) } == nil)
            let old = try #require(store.objects.settle(nonce(1), as: "v"))
            #expect(await wait { store.objects.intend(intent(2, "volume", of: "blue"), $0) } == nil)
            store.objects.settle(nonce(2), as: "v")
            store.objects.release(old)
            #expect(store.objects[key("v", "volume")]?.tenant == "blue")
            #expect(store.objects.settled(nonce(1)) == nil)
            try store.close()
            store = try Store(directory: directory)
            #expect(store.objects.list().map(\.tenant) == ["blue"])
        }
    }

    @Test func whatIsReleasedIsRememberedForItsLastEvents() async throws {
        try await withDirectory { directory in
            var store = try Store(directory: directory)
            #expect(await wait { store.objects.intend(intent(1), $0) } == nil)
            let object = try #require(store.objects.settle(nonce(1), as: "c1"))
            #expect(store.objects.lastOwner(of: key("c1")) == nil)
            #expect(await wait { store.objects.release(object, $0) } == nil)
            #expect(store.objects[key("c1")] == nil && store.objects.lastOwner(of: key("c1")) == "red")
            try store.close()
            store = try Store(directory: directory)
            #expect(store.objects.list().isEmpty && store.objects.lastOwner(of: key("c1")) == nil)
        }
    }

    @Test func nobodyAdoptsWhatIsAnothers() async throws {
        try await withDirectory { directory in
            var store = try Store(directory: directory)
            #expect(!store.objects.hasUnsealed("volume", of: "red"))
            #expect(await wait { store.objects.keep([volume(1, "a"), volume(2, "b")], $0) } == nil)
            #expect(store.objects.hasUnsealed("volume", of: "red") && !store.objects.hasUnsealed("volume", of: "blue"))
            let theft = await wait { store.objects.keep([volume(3, "c", of: "blue"), volume(4, "b", of: "blue")], $0) }
            #expect(theft == .taken("volume/b", by: "red"))
            // All or none.
            #expect(store.objects[key("c", "volume")] == nil && store.objects[key("b", "volume")]?.tenant == "red")
            // One's own is no conflict.
            #expect(await wait { store.objects.keep([volume(5, "b")], $0) } == nil)
            for id in ["a", "b"] { store.objects.release(try #require(store.objects[key(id, "volume")])) }
            #expect(!store.objects.hasUnsealed("volume", of: "red"))
            try store.close()
            store = try Store(directory: directory)
            #expect(store.objects.list().isEmpty)
        }
    }

    @Test(arguments: [("", "red", "alice"), ("E 1", "red", "alice"), ("E:1", "", "alice"), ("E:1", "red", "caf\u{E9}")])
    func whatIsNoNameIsNotKept(engine: String, tenant: String, identity: String) async throws {
        try await withDirectory { directory in
            let store = try Store(directory: directory)
            let bad = OwnedObject(
                nonce: nonce(1), engine: engine, kind: "container", tenant: tenant, identity: identity)
            guard case .unkeepable? = await wait({ store.objects.intend(bad, $0) }) else {
                Issue.record("kept")
                return
            }
            #expect(store.objects.intents().isEmpty)
            try store.close()
        }
    }

    /// A row of nobody's making is a damaged store, not a gift.
    @Test(arguments: [
        "'n','E','container',NULL,'made','','','','red','a',1,2", "'n','E','container','c','found','','','','red','a',1,2",
        "'n','E','container','c','made','','','','','a',1,2",
        // Fewer ports than none, and more than anybody asks for.
        "'n','E','container','c','made','','','','red','a',1,2,'',-1)--",
        "'n','E','container','c','made','','','','red','a',1,2,'',99999999999)--",
    ])
    func whatWeWouldNotHaveWrittenIsNotBelieved(row: String) async throws {
        try await withDirectory { directory in
            try Store(directory: directory).close()
            let path = directory.appendingPathComponent("store.sqlite").path
            try await DatabaseQueue(path: path).write { database in
                try database.execute(sql: "INSERT INTO owned_object VALUES (\(row),'',0)")
            }
            #expect(throws: StoreError.damaged(path, "it holds what is no owned object")) {
                try Store(directory: directory)
            }
        }
    }

    /// A store of the version before opens, and has no owned objects.
    @Test func theFirstSchemaIsBroughtUpToDate() async throws {
        try await withDirectory { directory in
            try Store(directory: directory).close()
            let path = directory.appendingPathComponent("store.sqlite").path
            try await DatabaseQueue(path: path).write { database in
                for table in ["owned_object", "tenant_image", "image_origin"] {
                    try database.execute(sql: "DROP TABLE IF EXISTS \(table)")
                }
                try database.execute(
                    sql: """
                        CREATE TABLE IF NOT EXISTS image_tag (
                            reference TEXT NOT NULL PRIMARY KEY, tenant TEXT NOT NULL, identity TEXT NOT NULL,
                            created_at INTEGER NOT NULL
                        ) STRICT
                        """)
                try database.execute(sql: "DELETE FROM grdb_migrations WHERE identifier > '1 image tags'")
                try database.execute(sql: "INSERT INTO image_tag VALUES ('a', 'red', 'alice', 1)")
            }
            let store = try Store(directory: directory)
            #expect(store.tags(of: "red") == ["a"] && store.objects.list().isEmpty)
            #expect(await wait { store.objects.intend(intent(1), $0) } == nil)
            try store.close()
        }
    }
}
