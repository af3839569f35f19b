/// The roles of a plane: those that are built in, and those that its policy adds.
package struct RoleTable: Hashable, Sendable {
    /// All of them, in the order in which they are listed.
    package let all: [Role]

    /// The roles that are built in.
    package static let builtIn = RoleTable(all: Roles.all)

    private init(all: [Role]) {
        self.all = all
    }

    /// Makes a table.
    ///
    /// - Parameter roles: Roles of a policy; one that has a built-in role's name never counts.
    package init(adding roles: [Role]) {
        all = Roles.all + roles.filter { Roles.named($0.name) == nil }
    }

    /// The role of a name; nil when there is none.
    package func named(_ name: String) -> Role? {
        all.first { $0.name == name }
    }
}
