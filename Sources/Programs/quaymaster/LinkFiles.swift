import AgentLink
import Foundation
import Identity
import PolicyFile

extension LinkCredentials {
    /// Reads the credentials of the side that a configuration is of.
    ///
    /// - Parameters:
    ///   - link: What the configuration says of the line.
    ///   - file: The configuration.
    /// - Throws: What is wrong with a file, by name: also when others may read the key or write the authority,
    ///   and when the authority is one of clients too (decision 0016), whether or not clients come by TLS.
    init(_ link: AgentPart.Link, of file: ConfigurationFile) throws {
        try Self.check(link)
        try self.init(
            Files(authority: link.authority, certificate: link.certificate, key: link.key),
            other: link.side == .gateway ? .agent : .gateway, named: link.name)
        guard try isApart(from: file.clientAuthorities()) else {
            throw CommandError(
                "\(link.authority.path) is an authority of clients too: "
                    + "their certificates must not open an agent",
                hint: "`quaymaster agent issue` makes one for agents alone", code: 2)
        }
    }

    /// Whoever has the key is the gateway, or the agent; whoever can write the authority says who is.
    private static func check(_ link: AgentPart.Link) throws {
        // The gateway is not root, and may read its key by its group.
        let (rights, readers, mode) =
            switch link.side {
            case .gateway: (FileRights.others, "the gateway and its group", "640")
            case .agent: (FileRights.groupAndOthers, "root", "600")
            }
        guard try FileRights.areKept(link.key, without: rights) else {
            throw CommandError(
                "\(link.key.path) is the key of the line between gateway and agent, and others than "
                    + "\(readers) can read it",
                hint: "chown root and chmod \(mode) \(link.key.path); issue another if it was read",
                code: 2)
        }
        for trusted in [link.authority, link.certificate] {
            guard try FileRights.areKept(trusted, without: FileRights.othersWrite) else {
                throw CommandError(
                    "\(trusted.path) says who gateway and agent are, and others than its owner can "
                        + "write it",
                    hint: "chown root and chmod go-w \(trusted.path)", code: 2)
            }
        }
    }
}

extension ConfigurationFile {
    /// The authorities of clients, whether or not clients come by TLS now.
    ///
    /// - Returns: None for those whose files are not there: nobody has a certificate of theirs.
    /// - Throws: `IdentityError` naming a file that holds something else.
    func clientAuthorities() throws -> Issuers {
        var issuers = Issuers()
        if FileManager.default.fileExists(atPath: authority.path) {
            issuers = try Issuers(ours: authority)
        }
        for other in trust { try issuers.add(other.name, other.file) }
        return issuers
    }
}
