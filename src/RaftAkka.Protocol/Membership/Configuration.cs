using System.Collections.Immutable;

namespace RaftAkka.Protocol;

/// <summary>
/// Who belongs to a cluster, and who of them decides (§6). While voters change it is joint: what is decided, an
/// election or a commit, needs a majority of the voters that go and a majority of those that come. Immutable.
/// </summary>
public sealed class Configuration
{
    /// <summary>How many members there are at the most.</summary>
    public const int MembersMax = 64;

    /// <summary>How many ids of servers that left are remembered at the most.</summary>
    public const int RetiredMax = 10_000;

    private Configuration(
        ImmutableArray<Member> members, ImmutableArray<Member> outgoing, ImmutableArray<ServerId> retired)
    {
        (Members, Outgoing, Retired) = (members, outgoing, retired);
        Incoming = Voters(members);
        OutgoingVoters = Voters(outgoing);
        Servers = [.. members.Concat(outgoing.Where(old => members.All(member => member.Id != old.Id)))
            .OrderBy(member => member.Id)];
    }

    /// <summary>Nobody: what a server knows that is to join a cluster and has not heard of it.</summary>
    public static Configuration Empty { get; } = new([], [], []);

    /// <summary>The members, in the order of their ids; while it is joint, as they will be.</summary>
    public ImmutableArray<Member> Members { get; }

    /// <summary>While it is joint the voters as they were before; empty otherwise.</summary>
    public ImmutableArray<Member> Outgoing { get; }

    /// <summary>The ids of servers that left, which are not used again, in their order.</summary>
    public ImmutableArray<ServerId> Retired { get; }

    /// <summary>Everyone to whom the log goes: the members, and who is about to leave.</summary>
    public ImmutableArray<Member> Servers { get; }

    /// <summary>Whether the voters are changing.</summary>
    public bool IsJoint => OutgoingVoters is not null;

    /// <summary>Whether nobody votes, so that nothing can be decided.</summary>
    public bool IsEmpty => Incoming is null;

    private VoterSet? Incoming { get; }

    private VoterSet? OutgoingVoters { get; }

    /// <summary>A configuration that is not joint.</summary>
    /// <param name="members">The members, in any order.</param>
    /// <param name="retired">The ids that were used before.</param>
    /// <exception cref="ArgumentException">The parts do not fit together; the message says how.</exception>
    public static Configuration Of(IEnumerable<Member> members, IEnumerable<ServerId>? retired = null) =>
        Of(members, [], retired ?? []);

    internal static Configuration Of(
        IEnumerable<Member> members, IEnumerable<Member> outgoing, IEnumerable<ServerId> retired)
    {
        var configuration = new Configuration(
            [.. members.OrderBy(member => member.Id)], [.. outgoing.OrderBy(member => member.Id)], [.. retired.Order()]);
        if (configuration.Problem() is { } problem) throw new ArgumentException(problem, nameof(members));
        return configuration;
    }

    /// <summary>Finds a member by its id; while the configuration is joint, also one that is about to leave.</summary>
    public Member? Find(ServerId id)
    {
        foreach (var server in Servers)
            if (server.Id == id) return server;
        return null;
    }

    /// <summary>Whether a server votes, in either half.</summary>
    public bool IsVoter(ServerId id) => Incoming?.Contains(id) == true || OutgoingVoters?.Contains(id) == true;

    /// <summary>Whether a server will vote, or does already, once the configuration is not joint any more.</summary>
    public bool IsIncomingVoter(ServerId id) => Incoming?.Contains(id) == true;

    /// <summary>Whether the same servers decide by another configuration.</summary>
    public bool HasSameVoters(Configuration other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return VoterSet.AreSame(Incoming, other.Incoming) && VoterSet.AreSame(OutgoingVoters, other.OutgoingVoters);
    }

    /// <summary>Whether those for whom <paramref name="agrees"/> holds decide: a majority, of both halves if joint.</summary>
    public bool HasMajority(Func<ServerId, bool> agrees) =>
        Incoming is not null && Incoming.HasMajority(agrees) && OutgoingVoters?.HasMajority(agrees) != false;

    /// <summary>
    /// Whether those for whom <paramref name="agrees"/> holds may begin a cluster: all of its voters. If it was begun
    /// before, whoever still holds its entries says so, however many others lost their disks.
    /// </summary>
    public bool CanFound(Func<ServerId, bool> agrees)
    {
        ArgumentNullException.ThrowIfNull(agrees);
        return Incoming is not null && !IsJoint && Incoming.Voters.All(agrees);
    }

    /// <summary>The highest index that a majority has, of both halves if joint; 0 where nobody votes.</summary>
    public LogIndex OnMajority(Func<ServerId, LogIndex> durableOn)
    {
        if (Incoming is null) return LogIndex.Zero;

        var incoming = Incoming.OnMajority(durableOn);
        return OutgoingVoters is null ? incoming : LogIndex.Min(incoming, OutgoingVoters.OnMajority(durableOn));
    }

    /// <summary>What follows a joint configuration once that is committed: the members alone.</summary>
    public Configuration LeaveJoint()
    {
        Invariant.Holds(IsJoint, "only a joint configuration is left");
        var gone = Outgoing.Select(member => member.Id).Where(id => Members.All(member => member.Id != id));
        return new Configuration(Members, [], [.. Retired.Union(gone).Order()]);
    }

    /// <summary>The same with the disks of members that are not known yet.</summary>
    /// <param name="diskOf">A member's disk; <see cref="DiskId.Unknown"/> where it is not known still.</param>
    public Configuration WithDisks(Func<ServerId, DiskId> diskOf)
    {
        ArgumentNullException.ThrowIfNull(diskOf);
        return new Configuration([.. Members.Select(Named)], [.. Outgoing.Select(Named)], Retired);

        Member Named(Member member) =>
            member.Disk == DiskId.Unknown ? member with { Disk = diskOf(member.Id) } : member;
    }

    /// <summary>
    /// Whether this configuration can stand behind another one in a log, at any distance: a server leaves the cluster only by
    /// being retired, for ever, and keeps its disk as long as it belongs to it.
    /// </summary>
    /// <param name="earlier">The earlier configuration.</param>
    public bool CanFollow(Configuration earlier)
    {
        ArgumentNullException.ThrowIfNull(earlier);
        if (earlier.Retired.Length > Retired.Length) return false;

        var retired = Retired.ToHashSet();
        return retired.IsSupersetOf(earlier.Retired) && earlier.Servers.All(server => Find(server.Id) is { } member
            ? server.Disk == DiskId.Unknown || server.Disk == member.Disk || member.Disk == DiskId.RolledBack
            : retired.Contains(server.Id));
    }

    /// <summary>The same with no more than so many ids of servers that have left, for those who only look at it.</summary>
    /// <param name="most">How many.</param>
    public Configuration WithRetiredAtMost(int most) =>
        Retired.Length <= most ? this : new Configuration(Members, Outgoing, Retired[^most..]);

    /// <summary>The same with another disk of one member, whether or not one is known.</summary>
    /// <param name="server">The member.</param>
    /// <param name="disk">Its disk from now on.</param>
    public Configuration WithDisk(ServerId server, DiskId disk)
    {
        return new Configuration([.. Members.Select(Named)], [.. Outgoing.Select(Named)], Retired);

        Member Named(Member member) => member.Id == server ? member with { Disk = disk } : member;
    }

    /// <summary>The same with other members, and with who is no member any more retired. Joint where voters change.</summary>
    internal Configuration With(IEnumerable<Member> members)
    {
        Invariant.Holds(!IsJoint, "one change at a time");
        var next = Of(members, [], Retired);
        var keepsVoters = HasSameVoters(next);
        var voters = Members.Where(member => member.IsVoter);
        var gone = Members.Select(member => member.Id).Where(id => next.Find(id) is null).ToArray();

        // Who votes goes on doing so until the joint configuration is left; who does not is gone at once.
        return keepsVoters
            ? Of(next.Members, [], Retired.Union(gone))
            : Of(next.Members, voters, Retired.Union(gone.Where(id => !IsVoter(id))));
    }

    /// <summary>Whether another configuration has the same parts.</summary>
    public bool IsSameAs(Configuration other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Members.SequenceEqual(other.Members) && Outgoing.SequenceEqual(other.Outgoing)
            && Retired.SequenceEqual(other.Retired);
    }

    /// <summary>The members by id, for a reader: learners marked with <c>+</c>, replicas with <c>~</c>.</summary>
    public override string ToString()
    {
        var members = string.Join(' ', Members.Select(Named));
        return IsJoint ? $"({members}) from ({string.Join(' ', Outgoing.Select(Named))})" : $"({members})";

        static string Named(Member member) => member.Role switch
        {
            MemberRole.Learner => $"{member.Id}+",
            MemberRole.Replica => $"{member.Id}~",
            _ => member.Id.Value,
        };
    }

    private static VoterSet? Voters(ImmutableArray<Member> members)
    {
        var voters = members.Where(member => member.IsVoter).Select(member => member.Id).ToArray();
        return voters.Length == 0 ? null : new VoterSet(voters);
    }

    private string? Problem()
    {
        if (Members.Length > MembersMax) return $"there are {Members.Length} members; {MembersMax} are the most";
        if (Retired.Length > RetiredMax) return $"{Retired.Length} servers have left; {RetiredMax} are the most";
        if (Outgoing.Any(member => !member.IsVoter)) return "who does not vote is no part of the outgoing half";
        if (Twice(Members.Select(member => member.Id.Value)) is { } id) return $"'{id}' is a member twice";
        if (Twice(Outgoing.Select(member => member.Id.Value)) is { } old) return $"'{old}' is in the outgoing half twice";
        if (Twice(Retired.Select(server => server.Value)) is { } retired) return $"'{retired}' has left twice";
        if (Twice(Members.Select(member => member.Address.ToUpperInvariant())) is { } address)
            return $"two members have the address {address.ToLowerInvariant()}";
        if (Members.FirstOrDefault(member => !Addresses.IsAddress(member.Address)) is { } lost)
            return $"'{lost.Address}' is no address of a server: it takes host:port";
        return Servers.FirstOrDefault(server => Retired.Contains(server.Id)) is { } again
            ? $"'{again.Id}' has left, and its id is not used again"
            : null;
    }

    private static string? Twice(IEnumerable<string> values) =>
        values.GroupBy(value => value, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1)?.Key;
}
