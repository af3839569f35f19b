import CLinux
import Glibc

/// Answers about a container as a whole, from the host's proc(5) and cgroups.
struct StateAnswers {
    private let order: LookOrder

    init(_ order: LookOrder) {
        self.order = order
    }

    func answer(_ answer: inout Answer) throws {
        switch order.look.verb {
        case "ps", "top": try ProcessList(order).answer(&answer)
        case "net", "ss", "netstat": try SocketList(order).answer(&answer)
        case "df", "mounts": try MountList(order).answer(&answer)
        case "limits", "free": try UsageList(order).answer(&answer)
        case "env": for variable in order.environment { try answer.say(Shown.name(variable.utf8)) }
        case "id":
            let groups = [order.innerGroup] + order.innerGroups.filter { $0 != order.innerGroup }
            try answer.say(
                "uid=\(order.innerUser) gid=\(order.innerGroup) "
                    + "groups=\(groups.map(String.init).joined(separator: ","))")
        case "hostname": try answer.say(Shown.name(order.hostName.utf8))
        case "pwd": try answer.say(Shown.name(order.folder.utf8))
        case "date": try answer.say("\(Shown.time(time(nil), withSeconds: true)) UTC")
        case "uptime":
            let seconds = ProcessList.secondsSince(order.start)
            try answer.say("up \(Self.words(seconds)) (the container's first process)")
        default:
            throw Refusal("look.verb", "\(order.look.verb) is not answered from outside")
        }
    }

    private static func words(_ seconds: Int) -> String {
        let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60)
        return days > 0 ? "\(days) days \(hours) h" : "\(hours) h \(minutes) min \(seconds % 60) s"
    }
}
