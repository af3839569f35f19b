/// Clean names, of which it is asked whether one lies beneath another.
///
/// A name may have two thousand parts: taking each folder's name for itself would cost the square of
/// the length, so a name is hashed once from its beginning, and only where the hash is known by then
/// the folder is looked up. Swift's hashes are seeded anew in every process.
struct PathSet {
    private var names = Set<[UInt8]>()
    private var hashes = Set<Int>()

    /// True when exactly this name was inserted.
    func contains(_ name: [UInt8]) -> Bool {
        names.contains(name)
    }

    /// Adds a name.
    mutating func insert(_ name: [UInt8]) {
        var hasher = Hasher()
        for byte in name { hasher.combine(byte) }
        hashes.insert(hasher.finalize())
        names.insert(name)
    }

    /// The outermost of the names that a name lies beneath; nil when there is none.
    func folder(above name: [UInt8]) -> [UInt8]? {
        guard !names.isEmpty else { return nil }
        var hasher = Hasher()
        for (index, byte) in name.enumerated() {
            if byte == UInt8(ascii: "/") {
                let sofar = hasher
                if hashes.contains(sofar.finalize()), names.contains(Array(name[..<index])) {
                    return Array(name[..<index])
                }
            }
            hasher.combine(byte)
        }
        return nil
    }
}
