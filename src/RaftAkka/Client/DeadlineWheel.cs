namespace RaftAkka.Client;

/// <summary>
/// The open calls by deadline, so that adding, removing and finding those that are due cost the same however
/// many are open. A ring of slots, each a linked list of the calls whose deadline falls into its tick, in
/// this turn of the ring or a later one.
/// </summary>
internal sealed class DeadlineWheel
{
    public const int NoSlot = -1;

    private const int Slots = 1024;

    /// <summary>A call is found due at most this much after its deadline.</summary>
    public static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(20);

    private readonly ClientCall?[] _first = new ClientCall?[Slots];
    private long _visited;

    public DeadlineWheel(TimeSpan now) => _visited = now.Ticks / Tick.Ticks;

    public void Add(ClientCall call)
    {
        // Rounded up: when the tick is visited, the deadline has passed.
        var tick = Math.Max((call.Deadline.Ticks + Tick.Ticks - 1) / Tick.Ticks, _visited + 1);
        call.Slot = (int)(tick & (Slots - 1));

        ref var first = ref _first[call.Slot];
        call.LaterInSlot = first;
        if (first is not null) first.EarlierInSlot = call;
        first = call;
    }

    public void Remove(ClientCall call)
    {
        if (call.Slot == NoSlot) return;

        if (call.EarlierInSlot is { } earlier) earlier.LaterInSlot = call.LaterInSlot;
        else _first[call.Slot] = call.LaterInSlot;
        if (call.LaterInSlot is { } later) later.EarlierInSlot = call.EarlierInSlot;

        call.EarlierInSlot = call.LaterInSlot = null;
        call.Slot = NoSlot;
    }

    /// <summary>
    /// Removes the calls whose deadline has passed, and adds them to <paramref name="due"/>.
    /// </summary>
    public void TakeDue(TimeSpan now, List<ClientCall> due)
    {
        var present = now.Ticks / Tick.Ticks;
        for (var tick = Math.Max(_visited + 1, present - Slots + 1); tick <= present; tick++)
        {
            for (var call = _first[tick & (Slots - 1)]; call is not null;)
            {
                var next = call.LaterInSlot;
                if (call.Deadline <= now)
                {
                    Remove(call);
                    due.Add(call);
                }

                call = next;
            }
        }

        _visited = Math.Max(_visited, present);
    }

    /// <summary>Removes all calls, and adds them to <paramref name="calls"/>.</summary>
    public void TakeAll(List<ClientCall> calls)
    {
        foreach (var first in _first)
        {
            for (var call = first; call is not null; call = call.LaterInSlot) calls.Add(call);
        }

        foreach (var call in calls) Remove(call);
    }
}
