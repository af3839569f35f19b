import Foundation
import PolicyFile
import ShellGrammar

/// The roles by which an agent judges.
enum AgentRoles {
    /// The roles that a policy adds, beside the built-in ones. Whoever can write the file says what runs in
    /// containers: it must be root's alone.
    ///
    /// - Parameter policy: The policy; where there is none, the built-in roles are all.
    /// - Returns: The table of roles.
    /// - Throws: What does not compile, and `CommandError` for a file that others can write.
    static func read(_ policy: URL) throws -> RoleTable {
        guard FileManager.default.fileExists(atPath: policy.path) else { return .builtIn }
        let table = try PolicyReader.read(policy, issued: nil, trusted: nil).shellRoles
        guard table != .builtIn else { return table }
        guard try FileRights.areKept(policy, without: FileRights.othersWrite) else {
            throw CommandError(
                "\(policy.path) adds roles to the guarded shell, and others than root can write it",
                hint: "chown root and chmod go-w, or leave out the section shell", code: 2)
        }
        return table
    }
}
