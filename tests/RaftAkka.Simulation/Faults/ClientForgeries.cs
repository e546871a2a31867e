using RaftAkka.Protocol;

namespace RaftAkka.Simulation.Faults;

/// <summary>
/// Requests of every kind as somebody sends them who is no client of this cluster: without an introduction, or with a name
/// that is too long or somebody else's. Only what a stranger may not have done is forged, so that whatever administrators
/// ask for is meant for another cluster.
/// </summary>
internal static class ClientForgeries
{
    private static readonly ClusterId Another = new("another");

    private static readonly Dictionary<Type, Func<Forger, IClientRequest>> ByType = new Func<Forger, IClientRequest>[]
    {
        Connect, Alive, Goodbye, Register, Commands, Queries, Status, Members, Change, Hand, Snapshot, Backup, More,
    }.ToDictionary(forge => forge.Method.ReturnType);

    /// <summary>The types of messages that can be forged.</summary>
    public static IReadOnlyCollection<Type> Types => ByType.Keys;

    /// <summary>Draws a kind of message and its fields.</summary>
    public static IClientRequest Draw(Forger forger) =>
        ByType[forger.Dice.Pick([.. ByType.Keys.OrderBy(type => type.Name, StringComparer.Ordinal)])](forger);

    /// <summary>Draws what a client asks that has been let in.</summary>
    public static IClientRequest DrawForConnection(Forger forger) => forger.Dice.Below(20) switch
    {
        < 6 => Register(forger),
        < 12 => Commands(forger),
        < 16 => Queries(forger),
        < 19 => Alive(forger),
        _ => Goodbye(forger),
    };

    private static ConnectClient Connect(Forger forger) => new(
        forger.World.Cluster, forger.World.Group,
        forger.Dice.Pick(["", new string('m', 127), new string('m', 129), "a b\n", "mallory"]));

    private static KeepAlive Alive(Forger forger) => new(forger.Session());

    private static DisconnectClient Goodbye(Forger forger) => new(forger.Session());

    private static RegisterSession Register(Forger forger) => new(Number(forger), forger.Token());

    private static SendCommands Commands(Forger forger) => new(Number(forger), Payload(forger));

    private static SendQueries Queries(Forger forger) =>
        new(Number(forger), Payload(forger), forger.Dice.Pick(Enum.GetValues<ReadConsistency>()));

    private static AskStatus Status(Forger forger) => new(forger.World.Cluster, forger.World.Group);

    private static AskMembers Members(Forger forger) => new(forger.World.Cluster, forger.World.Group);

    private static ChangeMembership Change(Forger forger) =>
        new(Another, forger.World.Group, forger.Near(1), [new MemberChange.Remove(forger.Server())]);

    private static HandOver Hand(Forger forger) => new(Another, forger.World.Group, forger.Near(1), forger.Server());

    private static TakeSnapshot Snapshot(Forger forger) => new(Another, forger.World.Group);

    private static OpenBackup Backup(Forger forger) => new(Another, forger.World.Group);

    private static ContinueBackup More(Forger forger) => new(forger.Near(0));

    private static long Number(Forger forger) => forger.Dice.Chance(0.9) ? forger.Dice.Below(int.MaxValue) : forger.Near(1);

    private static byte[] Payload(Forger forger) => forger.Dice.Chance(0.5) ? forger.Batch() : forger.Bytes(60);
}
