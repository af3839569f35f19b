import Foundation

/// Who may touch a file of which something of root's depends.
enum FileRights {
    /// Whoever may write a file that somebody trusts.
    static let othersWrite = 0o022
    /// Whoever may do anything with a secret.
    static let others = 0o007
    /// The same, and the file's group.
    static let groupAndOthers = 0o077

    /// True when a file is root's, or the process' own, and nobody else has one of these rights to it.
    ///
    /// - Parameters:
    ///   - file: The file; a link is followed.
    ///   - rights: Bits of the mode.
    /// - Returns: False also when the file system does not say.
    /// - Throws: What the file system says.
    static func areKept(_ file: URL, without rights: Int) throws -> Bool {
        let status = try FileManager.default.attributesOfItem(
            atPath: file.resolvingSymlinksInPath().path)
        guard let owner = (status[.ownerAccountID] as? NSNumber)?.uint32Value,
            let mode = (status[.posixPermissions] as? NSNumber)?.intValue
        else { return false }
        return (owner == 0 || owner == geteuid()) && mode & rights == 0
    }
}
