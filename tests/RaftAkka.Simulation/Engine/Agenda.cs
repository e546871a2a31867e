namespace RaftAkka.Simulation.Engine;

/// <summary>What is to happen when: by time, and at the same time in the order in which it was planned.</summary>
internal sealed class Agenda
{
    private readonly PriorityQueue<Appointment, Place> _queue = new(Comparer<Place>.Default);
    private long _planned;

    public int Count => _queue.Count;

    /// <summary>When the next one is due, or null if nothing is planned.</summary>
    public TimeSpan? NextDue => _queue.TryPeek(out _, out var place) ? place.Due : null;

    /// <summary>Plans an action. One that belongs to a host dies with it, and waits while the host is paused.</summary>
    public void Plan(TimeSpan due, Host? host, Action action) =>
        _queue.Enqueue(new Appointment(host, action), new Place(due, _planned++));

    public Appointment TakeNext(out TimeSpan due)
    {
        _queue.TryDequeue(out var appointment, out var place);
        due = place.Due;
        return appointment;
    }

    internal readonly record struct Appointment(Host? Host, Action Action);

    private readonly record struct Place(TimeSpan Due, long Order) : IComparable<Place>
    {
        public int CompareTo(Place other)
        {
            var byTime = Due.CompareTo(other.Due);
            return byTime != 0 ? byTime : Order.CompareTo(other.Order);
        }
    }
}
