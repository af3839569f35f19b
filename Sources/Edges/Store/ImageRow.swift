import Foundation
import GRDB

/// What a tenant calls an image: one row of its own table.
package struct ImageRow: Hashable, Sendable {
    /// 32 hexadecimal digits: the anchor that keeps the image on the engine.
    package let nonce: String
    /// What the engine calls itself.
    package let engine: String
    /// Whose it is.
    package let tenant: String
    /// Who made it.
    package let identity: String
    /// The name in canonical spelling; "" for an image that has lost its name or never had one.
    package internal(set) var reference: String
    /// The image's id, `sha256:…`.
    package let image: String
    /// Where the image was pulled from or pushed to, `docker.io/library/bb@sha256:…`; else "".
    package internal(set) var digest: String
    /// When it was made, in microseconds since 1970.
    package let createdAt: Int64

    /// Makes a row.
    package init(
        nonce: String, engine: String, tenant: String, identity: String, reference: String,
        image: String, digest: String = ""
    ) {
        self.nonce = nonce
        self.engine = engine
        self.tenant = tenant
        self.identity = identity
        self.reference = reference
        self.image = image
        self.digest = digest
        createdAt = OwnedObject.now()
    }

    /// The texts that have to be keepable; empty ones are.
    var texts: [String] {
        [nonce, engine, tenant, identity, image] + [reference, digest].filter { !$0.isEmpty }
    }
}

extension ImageRow {
    static let columns =
        "nonce, engine, tenant, identity, reference, image, digest, created_at"

    /// Reads a row; nil when it is none of ours.
    init?(_ row: Row) {
        func text(_ column: String) -> String? { String.fromDatabaseValue(row[column]) }
        guard let nonce = text("nonce"), let engine = text("engine"), let tenant = text("tenant"),
            let identity = text("identity"), let reference = text("reference"),
            let image = text("image"), let digest = text("digest"),
            let createdAt = row["created_at"] as Int64?
        else { return nil }
        self.nonce = nonce
        self.engine = engine
        self.tenant = tenant
        self.identity = identity
        self.reference = reference
        self.image = image
        self.digest = digest
        self.createdAt = createdAt
    }

    /// Writes a row.
    func insert(_ database: Database) throws {
        try database.execute(
            sql: "INSERT INTO tenant_image (\(Self.columns)) VALUES (?,?,?,?,?,?,?,?)",
            arguments: [
                nonce, engine, tenant, identity, reference, image, digest, createdAt,
            ])
    }
}

/// What a container or a service was made from.
package struct ImageOrigin: Hashable, Sendable {
    /// The nonce of the object's own row.
    package let nonce: String
    /// Whose it is.
    package let tenant: String
    /// The image as its maker said it.
    package let said: String
    /// The image's id, `sha256:…`.
    package let image: String

    /// Makes an origin.
    package init(nonce: String, tenant: String, said: String, image: String) {
        self.nonce = nonce
        self.tenant = tenant
        self.said = said
        self.image = image
    }
}
