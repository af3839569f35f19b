import Acts
import Engine
import EngineAPI
import NIOCore
import Store
import Synchronization

/// Tenants' names of images, as look-ups and views ask for them.
package final class TenantImages: Sendable {
    /// What stands in the store.
    let rows: ImageStore
    private let store: Store
    private let sealer: Sealer
    private let facts: EngineFacts
    // Guards what is being made; held for a look-up or a note.
    private let underWay = Mutex<[String: ImageNaming]>([:])
    // Guards the nonces of containers by their ids, for their last events.
    private let lastNonces = Mutex<[String: String]>([:])
    // Guards the names that are borrowed now; held for a look-up or a note.
    private let borrowing = Mutex<Set<String>>([])
    // Guards the names that the engine may still give, and until when; held for a look-up or a note.
    private let doubtful = Mutex<[String: NIODeadline]>([:])
    /// Who has a name of the engine's for a push, a save or a pull.
    let turns = Turns()
    /// True when there may be anchors without rows, or rows without anchors.
    let isStale = Atomic(true)

    /// How many containers' nonces are remembered before all are forgotten.
    private static let memory = 8192

    /// Makes them.
    ///
    /// - Parameters:
    ///   - store: What stands in it.
    ///   - sealer: Tells our anchors from those of other gateways.
    ///   - facts: What the engine calls itself.
    init(_ store: Store, _ sealer: Sealer, _ facts: EngineFacts) {
        rows = store.images
        self.store = store
        self.sealer = sealer
        self.facts = facts
    }

    // MARK: Anchors

    /// A new anchor.
    func anchor(for tenant: String) -> ImageAnchor {
        ImageAnchor(nonce: sealer.anchorNonce(), tenant: tenant)
    }

    /// True when an anchor is of this gateway's making.
    func isOurs(_ anchor: ImageAnchor) -> Bool { sealer.isAnchor(anchor.nonce) }

    /// Notes what is being made: its anchor has no row yet and is left alone.
    func begin(_ namings: [ImageNaming]) {
        underWay.withLock { underWay in
            for naming in namings { underWay[naming.anchor.nonce] = naming }
        }
    }

    /// Notes that it is made or will not be.
    func end(_ namings: [ImageNaming]) {
        underWay.withLock { underWay in
            for naming in namings { underWay[naming.anchor.nonce] = nil }
        }
        // What the engine still makes of it has no row.
        isStale.store(true, ordering: .relaxed)
    }

    /// True when an anchor keeps what a row points to, or what is being made.
    func isKept(_ anchor: ImageAnchor) -> Bool {
        underWay.withLock { $0[anchor.nonce] } != nil || rows.row(anchor.nonce) != nil
    }

    private func naming(_ nonce: String) -> ImageNaming? {
        if let naming = underWay.withLock({ $0[nonce] }) { return naming }
        return rows.lastRow(nonce).map { row in
            ImageNaming(
                ImageAnchor(nonce: row.nonce, tenant: row.tenant), as: row.reference)
        }
    }

    /// Notes that a name of the engine's is a tenant's for the time of a push or a save.
    func beginBorrowing(_ name: String) { borrowing.withLock { _ = $0.insert(name) } }

    /// Notes that it is not any more.
    func endBorrowing(_ name: String) { borrowing.withLock { _ = $0.remove(name) } }

    /// True for a name that somebody gives back himself, or that the engine may still give.
    func isBorrowed(_ name: String) -> Bool {
        borrowing.withLock { $0.contains(name) } || isDoubtful(name)
    }

    /// Notes that the engine was told to give a name and has not said whether it has: the name stays the
    /// tenant's until the keeper has looked, later.
    func doubt(_ name: String) {
        doubtful.withLock { $0[name] = .now() + Self.doubt }
        isStale.store(true, ordering: .relaxed)
    }

    /// True while the engine may still give a name.
    func isDoubtful(_ name: String) -> Bool {
        doubtful.withLock { doubtful in
            guard let end = doubtful[name] else { return false }
            if NIODeadline.now() < end { return true }
            doubtful[name] = nil
            return false
        }
    }

    /// How long an engine may take to carry out what it did not answer.
    private static let doubt = TimeAmount.minutes(2)

    // MARK: Names

    /// What tenants call images.
    var names: ImageNames {
        var names = ImageNames()
        names.find = find
        names.own = own
        names.isUsed = isUsed
        names.holders = { [self] id in
            Set(rows.rows(of: id, on: facts.id).map(\.tenant))
        }
        names.borrower = { [self] reference in store.tenant(ofTag: reference) }
        names.naming = naming
        names.origin = origin
        return names
    }

    /// A row's anchor.
    static func anchor(of row: ImageRow) -> ImageAnchor {
        ImageAnchor(nonce: row.nonce, tenant: row.tenant)
    }

    private func find(_ tenant: String, _ name: ImageName) -> ImageNames.Meant? {
        let row: ImageRow?
        switch name {
        case .id(let digits):
            row = rows.rows(of: "sha256:" + digits, on: facts.id, tenant: tenant).first
        case .beginning(let digits): row = only(digits, of: tenant)
        case .reference(let reference, let beginning):
            row = named(reference, of: tenant) ?? beginning.flatMap { only($0, of: tenant) }
        }
        return row.map { ImageNames.Meant(id: $0.image, anchor: Self.anchor(of: $0)) }
    }

    private func named(_ reference: ImageReference, of tenant: String) -> ImageRow? {
        guard let digest = reference.digest else {
            return rows.row(reference.canonical, of: tenant, on: facts.id)
        }
        // Beside a digest a tag says nothing.
        let pulled = "\(reference.name)@\(digest)"
        return rows.list(of: tenant).first { $0.engine == facts.id && $0.digest == pulled }
    }

    /// The only image of a tenant whose id begins so.
    private func only(_ digits: String, of tenant: String) -> ImageRow? {
        let found = rows.list(of: tenant).filter {
            $0.engine == facts.id && $0.image.hasPrefix("sha256:" + digits)
        }
        return Set(found.map(\.image)).count == 1 ? found.first : nil
    }

    private func own(_ tenant: String, _ id: String) -> ImageNames.Own? {
        let own = rows.rows(of: id, on: facts.id, tenant: tenant)
        if own.isEmpty { return nil }
        return ImageNames.Own(
            references: own.map(\.reference).filter { !$0.isEmpty },
            digests: own.map(\.digest).filter { !$0.isEmpty })
    }

    // MARK: What was made from images

    private func isUsed(_ tenant: String, _ id: String) -> Bool {
        rows.uses(of: id, by: tenant).contains { nonce in
            store.objects.settled(nonce) != nil || store.objects.intent(nonce) != nil
        }
    }

    /// True when no other tenant uses an image, and none has a row of it.
    func isNobodysBut(_ tenant: String, _ id: String) -> Bool {
        guard rows.rows(of: id, on: facts.id).isEmpty else { return false }
        return !rows.origins.contains {
            $0.image == id && $0.tenant != tenant
                && (store.objects.settled($0.nonce) != nil || store.objects.intent($0.nonce) != nil)
        }
    }

    private func origin(_ kind: ObjectKind, _ id: String) -> (said: String, id: String)? {
        let key = OwnedObject.Key(engine: facts.id, kind: kind.rawValue, id: id)
        let nonce: String
        if let object = store.objects[key] {
            nonce = object.nonce
            lastNonces.withLock { nonces in
                if nonces.count >= Self.memory { nonces.removeAll() }
                nonces[id] = nonce
            }
        } else {
            guard let last = lastNonces.withLock({ $0[id] }) else { return nil }
            nonce = last
        }
        guard let origin = rows.origin(nonce) else { return nil }
        // A name that has moved on means another image now.
        if let reference = ImageReference(origin.said),
            let row = rows.row(reference.canonical, of: origin.tenant, on: facts.id),
            row.image != origin.image
        {
            return nil
        }
        return (origin.said, origin.image)
    }
}
