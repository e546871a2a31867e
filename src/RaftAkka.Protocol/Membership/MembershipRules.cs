namespace RaftAkka.Protocol;

/// <summary>Which changes of membership a leader takes, and what they lead to (§6; dissertation chapter 4).</summary>
public static class MembershipRules
{
    /// <summary>What becomes of a change.</summary>
    /// <param name="current">The latest configuration in the leader's log.</param>
    /// <param name="isCommitted">Whether that is committed.</param>
    /// <param name="knowsCommitted">Whether the leader has committed an entry of its own term.</param>
    /// <param name="changes">The change; all of its parts, or none.</param>
    public static MembershipDecision Decide(
        Configuration current, bool isCommitted, bool knowsCommitted, IReadOnlyList<MemberChange> changes)
    {
        ArgumentNullException.ThrowIfNull(current);
        ArgumentNullException.ThrowIfNull(changes);

        // Without an entry of its own term a leader can take a configuration for committed that is not, and two
        // leaders can go on from it to two majorities that have no server in common.
        if (!knowsCommitted)
            return No(MembershipRefusal.NoOwnTermCommit, "the leader has just been elected; ask again in a moment");
        if (current.IsJoint || !isCommitted)
            return No(MembershipRefusal.ChangeUnderWay, $"the change to {current} is under way; ask again when it is done");

        var members = current.Members.ToDictionary(member => member.Id);
        foreach (var change in changes)
            if (Apply(change, members, current) is { } refused) return refused;

        return Check(members.Values, current) ?? Next(members.Values, current);
    }

    private static MembershipDecision Next(Dictionary<ServerId, Member>.ValueCollection members, Configuration current)
    {
        var next = current.With(members);
        return next.IsSameAs(current) ? new MembershipDecision.AlreadySo() : new MembershipDecision.Accepted(next);
    }

    private static MembershipDecision.Refused? Apply(
        MemberChange change, Dictionary<ServerId, Member> members, Configuration current)
    {
        if (change is MemberChange.Add add) return Add(add.Member, members, current);
        if (!members.TryGetValue(change.Id, out var member))
        {
            // A server that has left stays away, so that who repeats a removal is told that it is done.
            return change is MemberChange.Remove && current.Retired.Contains(change.Id)
                ? null
                : No(MembershipRefusal.NotMember, $"'{change.Id}' is no member of {current}");
        }

        switch (change)
        {
            case MemberChange.Remove:
                members.Remove(change.Id);
                return null;
            case MemberChange.SetRole role:
                members[change.Id] = member with { Role = role.Role };
                return null;
            case MemberChange.SetAddress address:
                members[change.Id] = member with { Address = address.Address };
                return null;
            case MemberChange.SetPriority priority:
                members[change.Id] = member with { Priority = priority.Priority };
                return null;
            case MemberChange.SetDisk disk:
                if (member.Disk != DiskId.Unknown && member.Disk != disk.Disk)
                    return No(MembershipRefusal.OtherDisk,
                        $"'{change.Id}' has the disk {member.Disk}, not {disk.Disk}: remove it, and add it under a new id");
                members[change.Id] = member with { Disk = disk.Disk };
                return null;
            default:
                throw new ArgumentException($"{change.GetType().Name} is no change that this program knows.", nameof(change));
        }
    }

    private static MembershipDecision.Refused? Add(
        Member added, Dictionary<ServerId, Member> members, Configuration current)
    {
        if (current.Retired.Contains(added.Id))
            return No(MembershipRefusal.IdUsedBefore, $"'{added.Id}' has left the cluster; give the server another id");
        if (members.TryGetValue(added.Id, out var member))
        {
            // Asked again: by now it may have been promoted, and its disk be known.
            return string.Equals(member.Address, added.Address, StringComparison.OrdinalIgnoreCase)
                ? null
                : No(MembershipRefusal.AlreadyMember, $"'{added.Id}' is a member already, at {member.Address}");
        }

        members.Add(added.Id, added);
        return null;
    }

    private static MembershipDecision.Refused? Check(Dictionary<ServerId, Member>.ValueCollection members, Configuration current)
    {
        foreach (var member in members)
        {
            if (!Addresses.IsAddress(member.Address))
                return No(MembershipRefusal.BadAddress, $"'{member.Address}' is no address; write host:port");
        }

        var shared = members.GroupBy(member => member.Address, StringComparer.OrdinalIgnoreCase)
            .FirstOrDefault(group => group.Count() > 1);
        if (shared is not null)
            return No(MembershipRefusal.AddressTaken,
                $"{shared.Key} would be the address of {string.Join(" and ", shared.Select(member => member.Id).Order())}");
        if (!members.Any(member => member.IsVoter))
            return No(MembershipRefusal.NoVoterLeft, "nobody would be left who votes");

        // A voter that nobody has heard of cannot be told from one that lost its disk, so it would not count; and where the
        // leader that was to hear it dies first, the change could never be ended.
        var unheard = members.FirstOrDefault(member => member.IsVoter && member.Disk == DiskId.Unknown
            && current.Members.All(before => before.Id != member.Id || !before.IsVoter));
        if (unheard is not null && current.Members.Any(member => member.Disk != DiskId.Unknown))
            return No(MembershipRefusal.NotHeardYet,
                $"'{unheard.Id}' was not heard of yet; add it as a learner, start it, and it becomes a voter when it has caught up");
        if (members.Count > Configuration.MembersMax)
            return No(MembershipRefusal.TooMany,
                $"there would be {members.Count} members; {Configuration.MembersMax} are the most");
        if (current.Retired.Length + current.Members.Count(member => members.All(one => one.Id != member.Id))
            > Configuration.RetiredMax)
            return No(MembershipRefusal.TooMany,
                $"{current.Retired.Length} servers have left, whose ids are remembered; {Configuration.RetiredMax} are the most");
        return null;
    }

    private static MembershipDecision.Refused No(MembershipRefusal reason, string facts) => new(reason, facts);
}
