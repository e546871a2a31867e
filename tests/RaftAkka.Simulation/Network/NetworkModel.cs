using RaftAkka.Simulation.Engine;

namespace RaftAkka.Simulation.Network;

/// <summary>
/// Carries messages between named machines. A link, from one machine to another, keeps the order of messages but
/// for those that are reordered, late or repeated, and carries nothing while it is cut.
/// </summary>
internal sealed class NetworkModel(Loop loop)
{
    private readonly Dice _dice = loop.Dice.Fork("network");
    private readonly Dictionary<(string From, string To), TimeSpan> _lastArrival = [];
    private readonly HashSet<(string From, string To)> _cut = [];

    public LinkFaults Faults { get; } = new();

    public NetworkCounts Counts { get; } = new();

    /// <summary>Hears of every message that is lost.</summary>
    public Action<string, string, object>? Lost { get; set; }

    public bool IsCut(string from, string to) => _cut.Contains((from, to));

    public void Cut(string from, string to) => _cut.Add((from, to));

    public void Mend(string from, string to) => _cut.Remove((from, to));

    public void CutBothWays(string left, string right)
    {
        Cut(left, right);
        Cut(right, left);
    }

    public void MendBothWays(string left, string right)
    {
        Mend(left, right);
        Mend(right, left);
    }

    /// <summary>Nothing passes between machines of different groups.</summary>
    public void Split(params IReadOnlyList<string>[] groups)
    {
        foreach (var from in groups)
            foreach (var to in groups.Where(other => other != from))
                foreach (var (left, right) in from.SelectMany(left => to.Select(right => (left, right))))
                    Cut(left, right);
    }

    /// <summary>Mends every link.</summary>
    public void MendAll() => _cut.Clear();

    /// <summary>Takes a message to be delivered never, once or more often.</summary>
    /// <param name="from">The sending machine.</param>
    /// <param name="to">The receiving machine.</param>
    /// <param name="message">What it is, for those who watch.</param>
    /// <param name="deliver">Hands it to the receiver.</param>
    public void Send(string from, string to, object message, Action deliver)
    {
        Counts.Sent++;
        if (IsCut(from, to) || _dice.Chance(Faults.DropRate))
        {
            Counts.Lost++;
            Lost?.Invoke(from, to, message);
            return;
        }

        loop.Agenda.Plan(Arrival(from, to), null, deliver);
        if (!_dice.Chance(Faults.DuplicateRate)) return;

        Counts.Duplicated++;
        loop.Agenda.Plan(loop.Now + Delay() + Delay(), null, deliver);
    }

    private TimeSpan Arrival(string from, string to)
    {
        if (_dice.Chance(Faults.LateRate))
        {
            Counts.Late++;
            return loop.Now + _dice.Between(TimeSpan.Zero, Faults.LateMax);
        }

        var arrival = loop.Now + Delay();
        if (_dice.Chance(Faults.ReorderRate))
        {
            Counts.Reordered++;
            return arrival + Delay();
        }

        var last = _lastArrival.GetValueOrDefault((from, to));
        if (arrival < last) arrival = last;
        _lastArrival[(from, to)] = arrival;
        return arrival;
    }

    private TimeSpan Delay() => _dice.Between(Faults.DelayMin, Faults.DelayMax);
}

/// <summary>What the network did, for the summary.</summary>
internal sealed class NetworkCounts
{
    public long Sent { get; set; }

    public long Lost { get; set; }

    public long Duplicated { get; set; }

    public long Reordered { get; set; }

    public long Late { get; set; }
}
