import Foundation
import Store
import Testing

@Suite struct ImageStoreTests {
    private func withDirectory(_ body: (URL) async throws -> Void) async throws {
        let directory = FileManager.default.temporaryDirectory
            .appendingPathComponent("quaymaster-images-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        try await body(directory)
    }

    private func row(
        _ nonce: String, _ tenant: String, _ reference: String, _ image: String, digest: String = ""
    ) -> ImageRow {
        ImageRow(
            nonce: nonce, engine: "e", tenant: tenant, identity: "i", reference: reference, image: image,
            digest: digest)
    }

    /// Puts a row; the nonces of the anchors that are to go.
    private func put(_ store: Store, _ rows: ImageRow...) async -> [String]? {
        await withCheckedContinuation { continuation in
            store.images.put(rows) { result in
                switch result {
                case .success(let gone): continuation.resume(returning: gone.map(\.nonce))
                case .failure: continuation.resume(returning: nil)
                }
            }
        }
    }

    private func shown(_ store: Store, _ tenant: String) -> [String] {
        store.images.list(of: tenant).map { "\($0.reference)=\($0.image)" }
    }

    @Test func eachTenantHasItsOwnRows() async throws {
        try await withDirectory { directory in
            let store = try Store(directory: directory)
            #expect(await put(store, row("1", "red", "a", "x")) == [])
            #expect(await put(store, row("2", "blue", "a", "y")) == [])
            #expect(store.images.row("a", of: "red", on: "e")?.image == "x")
            #expect(store.images.row("a", of: "blue", on: "e")?.image == "y")
            #expect(store.images.row("a", of: "red", on: "other") == nil)
            try store.close()
            let next = try Store(directory: directory)
            #expect(shown(next, "red") == ["a=x"] && shown(next, "blue") == ["a=y"])
        }
    }

    /// What loses its last name stays the tenant's; what has another name needs no anchor of its own.
    @Test func namesMove() async throws {
        try await withDirectory { directory in
            let store = try Store(directory: directory)
            #expect(await put(store, row("1", "red", "a", "x")) == [])
            #expect(await put(store, row("2", "red", "a", "y")) == [])
            #expect(shown(store, "red") == ["=x", "a=y"])
            #expect(await put(store, row("3", "red", "b", "y")) == [])
            #expect(await put(store, row("4", "red", "a", "z")) == ["2"])
            #expect(shown(store, "red") == ["=x", "a=z", "b=y"])
            // A name again: the row without one goes.
            #expect(await put(store, row("5", "red", "c", "x")) == ["1"])
            #expect(await put(store, row("6", "red", "c", "x")) == ["5"])
            // Without a name, what has one already gets nothing but where it came from.
            #expect(await put(store, row("7", "red", "", "x")) == ["7"])
            #expect(await put(store, row("8", "red", "", "x", digest: "d")) == [])
            #expect(await put(store, row("9", "red", "", "x", digest: "d")) == ["9"])
            #expect(store.images.lastRow("5")?.reference == "c" && store.images.row("5") == nil)
            #expect(store.images.rows(of: "x", on: "e", tenant: "red").map(\.nonce) == ["8", "6"])
            #expect(await put(store, row("", "red", "a", "x")) == nil)
            try store.close()
            #expect(shown(try Store(directory: directory), "red") == ["=x", "a=z", "b=y", "c=x"])
        }
    }

    @Test func aTenantHasSoManyNamesAndNoMore() async throws {
        try await withDirectory { directory in
            let store = try Store(directory: directory, mostTags: 2)
            #expect(await put(store, row("1", "red", "a", "x")) == [])
            #expect(store.images.limit(on: ["b"], of: "red", on: "e") == nil)
            #expect(store.images.limit(on: ["b", "c"], of: "red", on: "e") == 2)
            #expect(store.images.limit(on: ["a", "b", "b"], of: "red", on: "e") == nil)
            #expect(store.images.limit(on: ["b", "c"], of: "blue", on: "e") == nil)
            // What has no name counts too: rebuilding one name again and again left rows without end.
            #expect(store.images.limit(on: [""], of: "red", on: "e") == nil)
            #expect(await put(store, row("2", "red", "a", "y")) == [])
            #expect(store.images.rows(of: "x", on: "e", tenant: "red").map(\.reference) == [""])
            #expect(store.images.limit(on: ["a"], of: "red", on: "e") == nil)
            #expect(store.images.limit(on: [""], of: "red", on: "e") == 2)
            #expect(store.images.limit(on: ["b"], of: "red", on: "e") == 2)
            #expect(await put(store, row("3", "red", "a", "z")) == [])
            #expect(store.images.limit(on: ["a"], of: "red", on: "e") == 2)
        }
    }

    @Test func originsLastAsLongAsTheirObjects() async throws {
        try await withDirectory { directory in
            let store = try Store(directory: directory)
            let origin = ImageOrigin(nonce: "n", tenant: "red", said: "app:1", image: "x")
            store.images.note(ImageOrigin(nonce: "n", tenant: "red", said: "old:1", image: "w"))
            store.images.note(origin)
            #expect(store.images.origin("n") == origin)
            #expect(store.images.uses(of: "x", by: "red") == ["n"])
            #expect(store.images.uses(of: "w", by: "red").isEmpty && store.images.uses(of: "x", by: "blue").isEmpty)
            try store.close()
            let next = try Store(directory: directory)
            #expect(next.images.origin("n") == origin)
            next.images.forget([origin])
            #expect(next.images.origin("n") == nil && next.images.uses(of: "x", by: "red").isEmpty)
        }
    }
}
