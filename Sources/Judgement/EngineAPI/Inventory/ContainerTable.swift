import Acts

/// The containers of an engine, newest first, as lists show them.
package struct ContainerTable: Sendable {
    /// Newest first.
    package private(set) var rows: [ContainerRow] = []
    private var byID: [String: ContainerRow] = [:]

    /// Makes an empty table.
    package init() {}

    /// Makes a table of these rows.
    package init(_ rows: [ContainerRow]) {
        self.rows = rows.sorted { $0.created > $1.created }
        byID = Dictionary(rows.map { ($0.id, $0) }) { $1 }
    }

    /// A container by its full id.
    package subscript(_ id: String) -> ContainerRow? { byID[id] }

    /// The ids of all.
    package var ids: Set<String> { Set(byID.keys) }

    /// Puts a container in its place; one of the same id goes.
    package mutating func put(_ row: ContainerRow) {
        remove(row.id)
        byID[row.id] = row
        let place = rows.firstIndex { $0.created <= row.created } ?? rows.endIndex
        rows.insert(row, at: place)
    }

    /// Forgets a container.
    package mutating func remove(_ id: String) {
        guard byID.removeValue(forKey: id) != nil else { return }
        rows.removeAll { $0.id == id }
    }

    /// What a client's word for a container may mean: a name, an id or the beginning of one.
    package func meant(by reference: String) -> [ContainerRow] {
        if let row = byID[reference] { return [row] }
        let name = reference.hasPrefix("/") ? reference : "/" + reference
        return rows.filter { $0.name == name || $0.id.hasPrefix(reference) }
    }

    /// The containers whose image may be called otherwise after a change of images.
    ///
    /// - Parameters:
    ///   - names: The names that were moved, as they were said; nil when that is not known.
    ///   - ids: The ids of the images that lost or got names.
    /// - Returns: Those whose entry in a list may be another.
    package func named(after names: [String]?, ids: [String]) -> [ContainerRow] {
        let canonical = names.map { names in Set(names.map(Self.canonical)) }
        return rows.filter { row in
            guard !row.imageName.isEmpty, row.imageName != row.imageID else { return false }
            guard let canonical else { return true }
            return ids.contains(row.imageID) || canonical.contains(Self.canonical(row.imageName))
        }
    }

    private static func canonical(_ name: String) -> String {
        ImageReference(name)?.canonical ?? name
    }
}
