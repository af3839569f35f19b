/// What lines may take.
package struct AgentLimits: Hashable, Sendable {
    /// How long a line may take.
    package var lineSeconds = 60
    /// How many bytes of output of a line are passed on.
    package var outputBytes = 1 << 20
    /// How many lines may run in a container at once.
    package var linesPerContainer = 4
    /// How many connections there may be.
    package var connections = 64

    /// The usual limits.
    package init() {}
}
