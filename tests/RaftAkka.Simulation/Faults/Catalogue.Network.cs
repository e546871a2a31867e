using RaftAkka.Simulation.Worlds;

namespace RaftAkka.Simulation.Faults;

internal static partial class Catalogue
{
    private static readonly TimeSpan FlapMean = TimeSpan.FromMilliseconds(60);

    private static IReadOnlyList<Strike> Network =>
    [
        new("split", FaultKinds.Network, Split),
        new("isolation", FaultKinds.Network, Isolate),
        new("deposed leader", FaultKinds.Network, Depose) { Alone = TimeSpan.FromMilliseconds(900) },
        new("one-way cut", FaultKinds.Network, CutOneWay),
        new("bridge", FaultKinds.Network, Bridge),
        new("flapping link", FaultKinds.Network, Flap),
        new("message storm", FaultKinds.Network, Storm),
        new("false alarm", FaultKinds.Network, FalseAlarm),
    ];

    private static Action? Split(Nemesis nemesis, World world)
    {
        var names = Shuffled(nemesis, world);
        if (names.Length < 2) return null;
        var size = nemesis.Dice.Between(1, names.Length - 1);
        // Clients are on a side, too.
        var clients = world.Clients.ToLookup(_ => nemesis.Dice.Chance(0.5), client => client.Name);
        return CutAll(world, Between([.. names[..size], .. clients[true]], [.. names[size..], .. clients[false]]));
    }

    private static Action Isolate(Nemesis nemesis, World world)
    {
        var victim = nemesis.Victim().Name;
        return CutAll(world, Between([victim], [.. Names(world).Where(name => name != victim)]));
    }

    // The others elect a new leader while this one still takes itself for it: in a network that works otherwise, or
    // they could not. Some clients reach both, and stay where
    // they are; the others have to look for the new one, and write there. Its connections may be half open: the far
    // ends know at once that they broke, and it has to wait for answers that do not come.
    private static Action? Depose(Nemesis nemesis, World world)
    {
        if (world.Leader?.Host is not { } leader) return null;
        world.Network.MendAll();
        var servers = world.Servers.Where(server => server.Host != leader).ToArray();
        var clients = world.Clients.Where(_ => nemesis.Dice.Chance(0.3)).ToArray();
        var mend = CutAll(world, Between(
            [leader.Name], [.. servers.Select(server => server.Name), .. clients.Select(client => client.Name)]));
        if (!nemesis.Dice.Chance(0.7)) return mend;

        foreach (var server in servers) server.NoticeLostConnection(leader.Address);
        foreach (var client in clients) client.NoticeLostConnection(leader.Address);
        return mend;
    }

    // The victim hears and is not heard, or the other way round; or that with one other server only.
    private static Action? CutOneWay(Nemesis nemesis, World world)
    {
        var victim = nemesis.Victim().Name;
        var others = Names(world).Where(name => name != victim).ToArray();
        if (others.Length == 0) return null;
        if (nemesis.Dice.Chance(0.5)) others = [nemesis.Dice.Pick(others)];
        var isMute = nemesis.Dice.Chance(0.5);
        return CutAll(world, others.Select(other => isMute ? (victim, other) : (other, victim)));
    }

    // Two halves that see each other only through one server between them.
    private static Action Bridge(Nemesis nemesis, World world)
    {
        var names = Shuffled(nemesis, world);
        var middle = names.Length / 2;
        return CutAll(world, Between(names[..middle], names[(middle + 1)..]));
    }

    private static Action? Flap(Nemesis nemesis, World world)
    {
        var names = Shuffled(nemesis, world);
        if (names.Length < 2) return null;
        var (left, right, goesOn) = (names[0], names[1], true);
        Toggle();
        return () =>
        {
            goesOn = false;
            world.Network.MendBothWays(left, right);
        };

        void Toggle()
        {
            if (!goesOn || nemesis.IsOver) return;
            if (world.Network.IsCut(left, right)) world.Network.MendBothWays(left, right);
            else world.Network.CutBothWays(left, right);
            world.Loop.Agenda.Plan(world.Loop.Now + nemesis.Dice.Exponential(FlapMean), null, Toggle);
        }
    }

    private static Action Storm(Nemesis nemesis, World world)
    {
        var faults = world.Network.Faults;
        var before = (faults.DropRate, faults.DuplicateRate, faults.ReorderRate, faults.LateRate);
        (faults.DropRate, faults.DuplicateRate, faults.ReorderRate, faults.LateRate) = (0.3, 0.3, 0.5, 0.05);
        return () => (faults.DropRate, faults.DuplicateRate, faults.ReorderRate, faults.LateRate) = before;
    }

    // A connection breaks and is there again, and somebody draws conclusions.
    private static Action? FalseAlarm(Nemesis nemesis, World world)
    {
        if (world.Leader?.Host is not { } leader) return null;
        foreach (var server in world.Servers.Where(server => server.Host != leader))
            if (nemesis.Dice.Chance(0.5)) server.NoticeLostConnection(leader.Address);
        return Strike.NothingToUndo;
    }

    private static string[] Names(World world) => [.. world.Servers.Select(server => server.Name)];

    private static string[] Shuffled(Nemesis nemesis, World world)
    {
        var names = Names(world);
        nemesis.Dice.Shuffle(names);
        return names;
    }

    private static IEnumerable<(string From, string To)> Between(
        IReadOnlyList<string> left, IReadOnlyList<string> right) =>
        left.SelectMany(one => right.SelectMany(other => new[] { (one, other), (other, one) }));

    private static Action CutAll(World world, IEnumerable<(string From, string To)> links)
    {
        var cut = links.ToArray();
        foreach (var (from, to) in cut) world.Network.Cut(from, to);
        return () =>
        {
            foreach (var (from, to) in cut) world.Network.Mend(from, to);
        };
    }
}
