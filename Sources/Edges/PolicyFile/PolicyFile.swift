package import Acts
package import Policy
package import ShellGrammar
import Yams

/// A policy as a person writes it, compiled.
package struct PolicyFile: Sendable {
    /// What decides.
    package let policy: Policy
    /// For each identity that is declared, the Unix users that may speak for it over a socket.
    package let unixUsers: [String: Set<UInt32>]
    /// Which identities certificates mean, where it is not by their common names.
    package let certificates: CertificateMappings
    /// The roles of the guarded shell: built-in ones, and those that the policy adds.
    package let shellRoles: RoleTable
    /// What the author should know although the policy works.
    package let warnings: [Diagnostic]
    /// What it says, to be compared with another version of it.
    package let outline: PolicyOutline

    /// Compiles a policy.
    ///
    /// - Parameters:
    ///   - text: The file's text.
    ///   - file: Its name, for messages and for records.
    ///   - version: A digest of the text.
    ///   - issued: The identities that hold a certificate of ours; nil when that is not known.
    ///   - trusted: The names of the authorities that are trusted beside ours; nil when that is not
    ///     known.
    ///   - cgroup: The first part of every tenant's cgroup.
    ///   - sockets: The sockets on which identities are themselves.
    /// - Throws: `PolicyErrors` with every error that was found.
    package init(
        _ text: String, file: String, version: String, issued: Set<String>? = nil,
        trusted: Set<String>? = nil, cgroup: String = "quaymaster",
        sockets: OwnSockets = OwnSockets()
    ) throws(PolicyErrors) {
        let reader = YAMLReader(file: file)
        var compiler = PolicyCompiler(reader, trusted: trusted)
        compiler.read(text, issued: issued)
        guard !reader.hasErrors else { throw PolicyErrors(diagnostics: reader.diagnostics) }
        var policy = Policy(
            tenants: compiler.tenants.keys.sorted(), grants: compiler.grants, version: version,
            labels: compiler.labels)
        policy.cgroupRoot = cgroup
        policy.sockets = sockets
        policy.bounds = compiler.bounds
        policy.quotas = compiler.quotas
        policy.networkOffers = compiler.offers
        self.policy = policy
        unixUsers = compiler.identities
        certificates = compiler.certificates
        shellRoles = compiler.shellRoles
        warnings = reader.diagnostics
        outline = PolicyOutline(text)
    }
}

/// Why a policy does not compile.
package struct PolicyErrors: Error, Hashable, Sendable, CustomStringConvertible {
    /// Errors and warnings, in the order of the file.
    package let diagnostics: [Diagnostic]

    /// One diagnostic a line.
    package var description: String {
        diagnostics.map(\.description).joined(separator: "\n")
    }
}

extension PolicyFile {
    /// True when nothing is granted to an identity.
    package func grantsNothing(to identity: String) -> Bool {
        policy.grants[identity]?.isEmpty ?? true
    }
}
