/// Rows of tenants' images in memory, by everything that they are asked for by.
struct ImageTable {
    private struct Image: Hashable {
        let engine: String
        let id: String
    }

    private struct Name: Hashable {
        let engine: String
        let tenant: String
        let reference: String
    }

    private(set) var rows: [String: ImageRow] = [:]
    private var names: [Name: String] = [:]
    private var images: [Image: Set<String>] = [:]
    private var counts: [String: Int] = [:]
    /// What containers and services were made from, by the nonces of their own rows.
    private(set) var origins: [String: ImageOrigin] = [:]
    private var uses: [Image: Set<String>] = [:]
    /// Anchors that keep nothing any more, for their last events: the newest last.
    private var gone: [ImageRow] = []

    /// How many rows are remembered that are gone.
    private static let memory = 2048

    mutating func add(_ row: ImageRow) {
        remove(row.nonce, remembers: false)
        rows[row.nonce] = row
        images[Image(engine: row.engine, id: row.image), default: []].insert(row.nonce)
        counts[row.tenant, default: 0] += 1
        guard !row.reference.isEmpty else { return }
        names[Name(engine: row.engine, tenant: row.tenant, reference: row.reference)] = row.nonce
    }

    mutating func remove(_ nonce: String, remembers: Bool = true) {
        guard let row = rows.removeValue(forKey: nonce) else { return }
        let image = Image(engine: row.engine, id: row.image)
        images[image]?.remove(nonce)
        if images[image]?.isEmpty == true { images[image] = nil }
        if remembers {
            if gone.count >= Self.memory { gone.removeFirst(Self.memory / 2) }
            gone.append(row)
        }
        counts[row.tenant, default: 1] -= 1
        guard !row.reference.isEmpty else { return }
        let name = Name(engine: row.engine, tenant: row.tenant, reference: row.reference)
        if names[name] == nonce { names[name] = nil }
    }

    func row(_ engine: String, _ tenant: String, _ reference: String) -> ImageRow? {
        names[Name(engine: engine, tenant: tenant, reference: reference)].flatMap { rows[$0] }
    }

    /// All tenants' rows of an image, in order.
    func rows(of image: String, on engine: String) -> [ImageRow] {
        (images[Image(engine: engine, id: image)] ?? []).compactMap { rows[$0] }
            .sorted { ($0.reference, $0.createdAt) < ($1.reference, $1.createdAt) }
    }

    /// How many images and names of images a tenant has.
    func count(of tenant: String) -> Int { counts[tenant] ?? 0 }

    /// A row that is gone.
    func lost(_ nonce: String) -> ImageRow? { gone.last { $0.nonce == nonce } }

    mutating func add(_ origin: ImageOrigin) {
        if let old = origins[origin.nonce] { forget(old) }
        origins[origin.nonce] = origin
        uses[Image(engine: origin.tenant, id: origin.image), default: []].insert(origin.nonce)
    }

    mutating func forget(_ origin: ImageOrigin) {
        origins[origin.nonce] = nil
        let use = Image(engine: origin.tenant, id: origin.image)
        uses[use]?.remove(origin.nonce)
        if uses[use]?.isEmpty == true { uses[use] = nil }
    }

    /// The nonces of what a tenant has made from an image.
    func uses(_ image: String, by tenant: String) -> Set<String> {
        uses[Image(engine: tenant, id: image)] ?? []
    }
}
