import Acts
import Crypto
import Engine
import EngineAPI
import Foundation
import Gateway
import Logging
import Store
import Testing

/// What a seal proves, and what it does not.
@Suite struct OwnershipTests {
    private static let sealer = Sealer(key: SymmetricKey(data: [UInt8](repeating: 7, count: 32)))

    private static func object(
        engine: String = "E:1", kind: String = "container", nonce: String = String(repeating: "a", count: 32),
        tenant: String = "red", identity: String = "alice", name: String = ""
    ) -> OwnedObject {
        OwnedObject(nonce: nonce, engine: engine, kind: kind, name: name, tenant: tenant, identity: identity)
    }

    // MARK: Seals

    @Test(arguments: [
        object(), object(engine: "E:2"), object(kind: "volume"), object(nonce: String(repeating: "b", count: 32)),
        object(tenant: "blue"), object(identity: "bo"),
        // The parts' lengths count: what moves from one to the next is another message.
        object(tenant: "redal", identity: "ice"), object(engine: "E:1c", kind: "ontainer"),
    ])
    func aSealIsOneObjects(other: OwnedObject) {
        let seal = Self.sealer.seal(of: Self.object())
        let isSame =
            other.engine == "E:1" && other.kind == "container" && other.nonce.hasPrefix("a") && other.tenant == "red"
            && other.identity == "alice"
        #expect(Self.sealer.isGenuine(seal, of: other) == isSame)
        let stranger = Sealer(key: SymmetricKey(data: [UInt8](repeating: 8, count: 32)))
        #expect(!stranger.isGenuine(seal, of: other))
    }

    @Test func textsThatAreNoSeals() {
        let text = Self.sealer.seal(of: Self.object()).text
        #expect(Seal(parsing: text)?.text == text)
        for broken in [
            "", "v1", String(text.dropLast()), text + "0", text.replacing("v1.", with: "v2."), text.uppercased(),
            text.replacing(".", with: ":"), text + ".", "x" + text, text.replacing("a", with: "\u{430}"),
        ] {
            #expect(Seal(parsing: broken) == nil, "\(broken)")
        }
    }

    @Test func noncesDiffer() {
        #expect(Set((0..<100).map { _ in Sealer.nonce() }).count == 100)
        #expect(Seal(parsing: "v1.\(Sealer.nonce()).\(String(repeating: "0", count: 64))") != nil)
    }

    // MARK: Whose an object is

    private struct World {
        let store: Store
        let ownership: Ownership

        func intend(_ object: OwnedObject) async -> String {
            await withCheckedContinuation { continuation in
                store.objects.intend(object) { _ in continuation.resume() }
            }
            return sealer.seal(of: object).text
        }
    }

    private func withWorld(_ body: (World) async throws -> Void) async throws {
        let directory = FileManager.default.temporaryDirectory
            .appendingPathComponent("quaymaster-ownership-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let store = try Store(directory: directory)
        let facts = EngineFacts(EngineTraits(version: .ceiling, id: "E:1"))
        try await body(
            World(store: store, ownership: Ownership(store.objects, Self.sealer, facts, Logger(label: "test"))))
        try store.close()
    }

    @Test func anIntentIsSettledByItsOwnSealAlone() async throws {
        try await withWorld { world in
            let seal = await world.intend(Self.object())
            let forged = Seal(nonce: String(repeating: "a", count: 32), code: String(repeating: "0", count: 64)).text
            for wrong in [
                Sighting(.container, "c1"), Sighting(.container, "c1", seal: forged),
                Sighting(.network, "c1", seal: seal), Sighting(.volume, "c1", seal: seal),
                Sighting(.container, "c1", seal: String(seal.dropLast())),
            ] {
                #expect(world.ownership.owner(of: wrong) == nil)
            }
            #expect(world.ownership.owner(of: Sighting(.container, "c1", seal: seal)) == "red")
            // It is known by its id from now on, and a copy of its seal is nobody's.
            #expect(world.ownership.owner(of: Sighting(.container, "c1")) == "red")
            #expect(world.ownership.owner(of: Sighting(.container, "c2", seal: seal)) == nil)
            // A genuine seal of an intent that nobody remembers proves nothing.
            let unknown = Self.sealer.seal(of: Self.object(nonce: String(repeating: "c", count: 32))).text
            #expect(world.ownership.owner(of: Sighting(.container, "c3", seal: unknown)) == nil)
            // Another engine's seal is none here.
            let other = await world.intend(Self.object(engine: "E:2", nonce: String(repeating: "d", count: 32)))
            #expect(world.ownership.owner(of: Sighting(.container, "c4", seal: other)) == nil)
        }
    }

    /// A volume's name comes again; the seal says whether it is the same volume.
    @Test func aVolumeIsKnownByNameAndSeal() async throws {
        try await withWorld { world in
            let seal = await world.intend(Self.object(kind: "volume", name: "data"))
            #expect(world.ownership.owner(of: Sighting(.volume, "other", seal: seal)) == nil)
            #expect(world.ownership.owner(of: Sighting(.volume, "data", seal: seal)) == "red")
            #expect(world.ownership.owner(of: Sighting(.volume, "data")) == nil)
            let other = Self.sealer.seal(of: Self.object(kind: "volume", nonce: String(repeating: "b", count: 32)))
            #expect(world.ownership.owner(of: Sighting(.volume, "data", seal: other.text)) == nil)
            // Looking at another takes nothing away.
            #expect(world.ownership.owner(of: Sighting(.volume, "data", seal: seal)) == "red")
        }
    }

    /// What the Swarm makes of a service is known by the service's seal, while the service lives.
    @Test func tasksAreTheirServices() async throws {
        try await withWorld { world in
            let name = String(repeating: "0f", count: 32)
            let seal = await world.intend(Self.object(kind: "service"))
            #expect(world.ownership.owner(of: Sighting(.service, "s1", seal: seal)) == "red")
            #expect(world.ownership.owner(of: Sighting(.container, "c1", seal: seal)) == "red")
            #expect(world.ownership.owner(of: Sighting(.volume, name, seal: seal)) == "red")
            #expect(world.ownership.owner(of: Sighting(.volume, "data", seal: seal)) == nil)
            #expect(world.ownership.owner(of: Sighting(.network, "n1", seal: seal)) == nil)
            let key = OwnedObject.Key(engine: "E:1", kind: "service", id: "s1")
            world.store.objects.release(try #require(world.store.objects[key]))
            #expect(world.ownership.owner(of: Sighting(.container, "c1", seal: seal)) == nil)
        }
    }
}
