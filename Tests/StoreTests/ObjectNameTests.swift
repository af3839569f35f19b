import Foundation
import Store
import Testing

/// What tenants and engines call objects.
@Suite struct ObjectNameTests {
    private func withStore(_ body: (Store) async throws -> Void) async throws {
        let directory = FileManager.default.temporaryDirectory
            .appendingPathComponent("quaymaster-names-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let store = try Store(directory: directory)
        try await body(store)
        try store.close()
    }

    private func object(
        _ number: Int, _ name: String, kind: String = "container", of tenant: String = "red"
    ) -> OwnedObject {
        let nonce = String(repeating: String(number), count: 32)
        return OwnedObject(
            nonce: nonce, engine: "E:1", kind: kind, name: name,
            engineName: "\(tenant)-qm\(OwnedObject.mark(of: nonce))-\(name)", tenant: tenant, identity: "alice")
    }

    private func make(_ store: Store, _ object: OwnedObject, as id: String) async {
        #expect(store.objects.reserve(object) == nil)
        await withCheckedContinuation { done in
            store.objects.intend(object) { _ in done.resume() }
        }
        await withCheckedContinuation { done in
            store.objects.settle(object.nonce, as: id) { _ in done.resume() }
        }
    }

    private func found(_ store: Store, _ text: String, _ kind: String = "container", of tenant: String = "red") -> String? {
        if case .object(let object) = store.objects.find(text, kind: kind, on: "E:1", of: tenant) { return object.id }
        return nil
    }

    @Test func namesAndBeginningsOfIDsAreATenantsOwn() async throws {
        try await withStore { store in
            await make(store, object(1, "web"), as: "abc1")
            await make(store, object(2, "db"), as: "abd2")
            await make(store, object(3, "web", of: "blue"), as: "abc3")
            await make(store, object(4, "web", kind: "network"), as: "net4")
            #expect(found(store, "web") == "abc1" && found(store, "web", of: "blue") == "abc3")
            #expect(found(store, "web", "network") == "net4")
            #expect(found(store, "abc1") == "abc1" && found(store, "abd") == "abd2")
            // The other tenant's ids make no beginning ambiguous, and lead nowhere.
            #expect(found(store, "abc") == "abc1" && found(store, "abc3") == nil)
            #expect(store.objects.find("ab", kind: "container", on: "E:1", of: "red") == .several)
            #expect(found(store, "") == nil && found(store, "red-qm1111111111111111-web") == nil)
            // A name goes before the beginning of an id.
            await make(store, object(5, "abd"), as: "fff5")
            #expect(found(store, "abd") == "fff5")
        }
    }

    @Test func aNameIsHeldOnce() async throws {
        try await withStore { store in
            let first = object(1, "web")
            #expect(store.objects.reserve(first) == nil)
            #expect(store.objects.reserve(object(2, "web"))?.nonce == first.nonce)
            #expect(store.objects.isUnderWay(first.nonce))
            // Another tenant's, and another kind of object, are others; what has no name has no rival.
            #expect(store.objects.reserve(object(3, "web", of: "blue")) == nil)
            #expect(store.objects.reserve(object(4, "web", kind: "volume")) == nil)
            #expect(store.objects.reserve(object(5, "")) == nil && store.objects.reserve(object(6, "")) == nil)
            store.objects.drop([first.nonce])
            #expect(!store.objects.isUnderWay(first.nonce))
            #expect(store.objects.reserve(object(7, "web")) == nil)
        }
    }

    @Test func aRenamingIsDoneOrNotAtAll() async throws {
        try await withStore { store in
            let web = object(1, "web")
            await make(store, web, as: "c1")
            let settled = try #require(store.objects.list().first)
            #expect(store.objects.reserve("site", engineName: "red-qm1111111111111111-site", for: settled) == nil)
            #expect(store.objects.reserve(object(2, "site"))?.nonce == web.nonce)
            store.objects.rename(settled, to: "site", engineName: "", isDone: false) { _ in }
            #expect(found(store, "web") == "c1" && found(store, "site") == nil)
            #expect(store.objects.reserve("site", engineName: "red-qm1111111111111111-site", for: settled) == nil)
            await withCheckedContinuation { done in
                store.objects.rename(settled, to: "site", engineName: "red-qm1111111111111111-site", isDone: true) { _ in
                    done.resume()
                }
            }
            #expect(found(store, "web") == nil && found(store, "site") == "c1")
            // Both engine names are known: events tell of the old one.
            #expect(Set(store.objects.called("1111111111111111").map(\.name)) == ["web", "site"])
            #expect(store.objects.reserve(object(3, "web")) == nil)
            // Gone while it is renamed, it leaves neither name behind.
            let site = try #require(store.objects.list().first)
            #expect(store.objects.reserve("again", engineName: "x", for: site) == nil)
            store.objects.release(site)
            store.objects.rename(site, to: "again", engineName: "x", isDone: false) { _ in }
            #expect(store.objects.reserve(object(4, "again")) == nil && store.objects.reserve(object(5, "site")) == nil)
            #expect(!store.objects.isUnderWay(site.nonce))
        }
    }

    /// A volume that may have to be made again under its name has it only if it was.
    @Test func whatIsMadeAgainTakesOver() async throws {
        try await withStore { store in
            let data = object(1, "data", kind: "volume")
            await make(store, data, as: data.engineName)
            let again = OwnedObject(
                nonce: data.mark + String(repeating: "9", count: 16), engine: "E:1", kind: "volume", name: "data",
                engineName: data.engineName, tenant: "red", identity: "alice")
            await withCheckedContinuation { done in store.objects.intend(again) { _ in done.resume() } }
            #expect(found(store, "data", "volume") == data.engineName)
            store.objects.drop([again.nonce])
            #expect(found(store, "data", "volume") == data.engineName)
            #expect(store.objects.called(data.mark).map(\.name) == ["data"])
            await withCheckedContinuation { done in store.objects.intend(again) { _ in done.resume() } }
            await withCheckedContinuation { done in
                store.objects.settle(again.nonce, as: data.engineName) { _ in done.resume() }
            }
            #expect(store.objects.list().map(\.nonce) == [again.nonce])
            #expect(found(store, "data", "volume") == data.engineName)
        }
    }

    /// What an earlier version has kept without a name is called as the engine calls it.
    @Test func namesAreLearned() async throws {
        try await withStore { store in
            let old = OwnedObject(
                nonce: String(repeating: "1", count: 32), engine: "E:1", kind: "container", tenant: "red", identity: "a")
            await make(store, old, as: "c1")
            #expect(found(store, "calm_cove") == nil)
            store.objects.learn("calm_cove", of: OwnedObject.Key(engine: "E:1", kind: "container", id: "c1"))
            #expect(found(store, "calm_cove") == "c1")
        }
    }
}
