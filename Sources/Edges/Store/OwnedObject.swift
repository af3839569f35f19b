import Foundation
import GRDB

/// An object of an engine, or what is to become one, and whose it is.
package struct OwnedObject: Hashable, Sendable {
    /// How it came to be a tenant's.
    package enum Origin: String, Sendable {
        /// It was made through the gateway, and carries a seal.
        case made
        /// A volume that came with a container that was made through the gateway.
        case brought
        /// An administrator gave it to the tenant.
        case adopted
    }

    /// What an object is known by.
    package struct Key: Hashable, Sendable {
        /// What its engine calls itself.
        package let engine: String
        /// The kind: `container`, `network`, `volume`, `service`, `secret` or `config`.
        package let kind: String
        /// The full id; a volume's is its name.
        package let id: String

        /// Makes a key.
        package init(engine: String, kind: String, id: String) {
            self.engine = engine
            self.kind = kind
            self.id = id
        }
    }

    /// 32 hexadecimal digits that no other object has.
    package let nonce: String
    /// What its engine calls itself.
    package let engine: String
    /// The kind.
    package let kind: String
    /// The full id; nil while it is an intent.
    package var id: String?
    /// How it came to be the tenant's.
    package let origin: Origin
    /// What its tenant calls it; "" for none: it is called by its id then.
    package internal(set) var name: String
    /// What it is called on the engine; "" where that is its name or not known.
    package internal(set) var engineName: String
    /// When the engine made it, where that tells it from another of the same name; else "".
    package let made: String
    /// The id of the container that a volume came with; `onTheWay` for one that was made because a mount
    /// named it; else "".
    package let parent: String
    /// The parent of volumes that nobody has asked for by themselves.
    package static let onTheWay = "-"
    /// Whose it is.
    package let tenant: String
    /// Who made it.
    package let identity: String
    /// How many ports of the host it publishes at most.
    package internal(set) var ports: Int
    /// When it was asked for, in microseconds since 1970.
    package let createdAt: Int64
    /// When it was known by its id, in microseconds since 1970; nil while it is an intent.
    package internal(set) var settledAt: Int64?

    /// Makes what is to become an object, or with an id what is one.
    package init(
        nonce: String, engine: String, kind: String, id: String? = nil, origin: Origin = .made,
        name: String = "", engineName: String = "", made: String = "", parent: String = "",
        tenant: String, identity: String, ports: Int = 0
    ) {
        self.nonce = nonce
        self.engine = engine
        self.kind = kind
        self.id = id
        self.origin = origin
        self.name = name
        self.engineName = engineName
        self.made = made
        self.parent = parent
        self.tenant = tenant
        self.identity = identity
        self.ports = ports
        createdAt = Self.now()
        settledAt = id == nil ? nil : createdAt
    }

    /// What ports are called among the quotas of kinds.
    package static let portQuota = "port"

    /// What it is known by; nil while it is an intent.
    package var key: Key? { id.map { Key(engine: engine, kind: kind, id: $0) } }

    /// The beginning of the nonce, by which its engine name is known wherever it stands.
    package var mark: String { Self.mark(of: nonce) }

    /// The first 16 digits of a nonce.
    package static func mark(of nonce: String) -> String { String(nonce.prefix(16)) }

    /// Now, in microseconds since 1970.
    package static func now() -> Int64 { Int64(Date().timeIntervalSince1970 * 1_000_000) }

    /// The texts that have to be keepable; empty ones are.
    var texts: [String] {
        [nonce, engine, kind, tenant, identity]
            + [id ?? "", name, engineName, made, parent].filter { !$0.isEmpty }
    }
}

extension OwnedObject {
    static let columns =
        "nonce, engine, kind, id, origin, name, engine_name, made, parent, tenant, identity, "
        + "created_at, settled_at, ports"

    /// No request asks for more.
    private static let mostPorts: Int64 = 1 << 32

    /// Reads a row; nil when it is none of ours.
    init?(_ row: Row) {
        func text(_ column: String) -> String? { String.fromDatabaseValue(row[column]) }
        guard let nonce = text("nonce"), let engine = text("engine"), let kind = text("kind"),
            let origin = text("origin").flatMap(Origin.init(rawValue:)), let name = text("name"),
            let engineName = text("engine_name"), let made = text("made"),
            let parent = text("parent"), let tenant = text("tenant"),
            let identity = text("identity"), let createdAt = row["created_at"] as Int64?,
            let ports = row["ports"] as Int64?, 0...Self.mostPorts ~= ports
        else { return nil }
        self.nonce = nonce
        self.engine = engine
        self.kind = kind
        id = text("id")
        self.origin = origin
        self.name = name
        self.engineName = engineName
        self.made = made
        self.parent = parent
        self.tenant = tenant
        self.identity = identity
        self.ports = Int(ports)
        self.createdAt = createdAt
        settledAt = row["settled_at"] as Int64?
        guard (id == nil) == (settledAt == nil) else { return nil }
    }

    /// Writes a row.
    func insert(_ database: Database) throws {
        try database.execute(
            sql: "INSERT INTO owned_object (\(Self.columns)) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
            arguments: [
                nonce, engine, kind, id, origin.rawValue, name, engineName, made, parent, tenant,
                identity, createdAt, settledAt, ports,
            ])
    }
}
