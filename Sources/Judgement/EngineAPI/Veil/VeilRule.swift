import Acts

/// How an operation's answer is kept from showing environment, labels and commands.
package enum VeilRule: Hashable, Sendable {
    /// It holds none of them.
    case nothing
    /// It is JSON, whose members are hidden by their names; see `VeiledFields`.
    case members
    /// It is JSON that comes long after its head.
    case lateMembers
    /// It is a table of processes.
    case processes
    /// It is events, line by line.
    case events
    /// Only its failures tell: the engine names the program that it could not start.
    case failures
    /// It is what programs write or files hold, for which there are verbs of its own: nothing in it is
    /// hidden, but for what the engine adds to each line when it is asked to.
    case content
    /// It holds whole configurations in a form that is not judged: it is refused.
    case refused

    /// The rule of an operation; nil for one that nobody has thought of, which is refused.
    package static func of(_ operation: String) -> VeilRule? { table[operation] }

    private static let table: [String: VeilRule] = {
        var table: [String: VeilRule] = [:]
        for (rule, names) in rows {
            for name in names.split(whereSeparator: \.isWhitespace) { table[String(name)] = rule }
        }
        return table
    }()

    private static let rows: [(VeilRule, String)] = [
        (
            .members,
            """
            ContainerList ContainerInspect ExecInspect
            ImageList ImageInspect ImageHistory DistributionInspect
            NetworkList NetworkInspect VolumeList VolumeInspect VolumeCreate
            SystemInfo SystemDataUsage
            NodeList NodeInspect SwarmInspect
            ServiceList ServiceInspect TaskList TaskInspect
            SecretList SecretInspect ConfigList ConfigInspect
            PluginList PluginInspect
            """
        ),
        (.lateMembers, "ContainerWait"),
        (.processes, "ContainerTop"),
        (.events, "SystemEvents"),
        (.failures, "ContainerStart ContainerRestart"),
        (
            .content,
            """
            ContainerLogs ServiceLogs TaskLogs ContainerAttach ContainerAttachWebsocket ExecStart
            ContainerExport ContainerArchive ContainerArchiveInfo
            """
        ),
        // Configurations of images as they are, and how they were built; what the guarded shell shows.
        (
            .refused,
            """
            ImageGet ImageGetAll ImageAttestations ContainerEnter RecordingList RecordingGet
            SessionList SessionWatch SessionModerate ApprovalList ApprovalDecide
            """
        ),
        (
            .nothing,
            """
            ContainerCreate ContainerChanges ContainerStats ContainerResize ContainerStop
            ContainerKill ContainerUpdate ContainerRename ContainerPause ContainerUnpause
            ContainerDelete PutContainerArchive ContainerPrune ContainerExec ExecResize
            ImageBuild ImageCreate ImagePush ImageTag ImageDelete ImageSearch ImagePrune ImageCommit
            ImageLoad BuildPrune Session
            NetworkDelete NetworkCreate NetworkConnect NetworkDisconnect NetworkPrune
            VolumeUpdate VolumeDelete VolumePrune
            SystemPing SystemPingHead SystemVersion SystemAuth
            NodeDelete NodeUpdate SwarmInit SwarmJoin SwarmLeave SwarmUpdate SwarmUnlockkey SwarmUnlock
            ServiceCreate ServiceDelete ServiceUpdate
            SecretCreate SecretDelete SecretUpdate ConfigCreate ConfigDelete ConfigUpdate
            GetPluginPrivileges PluginPull PluginDelete PluginEnable PluginDisable PluginCreate
            PluginPush PluginSet PluginUpgrade
            """
        ),
    ]
}
