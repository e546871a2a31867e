using System.Text;

namespace RaftAkka.Tool.Output;

/// <summary>Rows under a heading, in columns as wide as they must be.</summary>
internal sealed class Table(params string[] heading)
{
    private const string Gap = "  ";

    private readonly List<(string[] Cells, string? Colour)> _rows = [];

    /// <summary>Adds a row; the colour holds for all of it, and matters only where colours are on.</summary>
    public void Add(string? colour, params string[] cells) => _rows.Add((cells, colour));

    public void Write(TextWriter output, bool colours)
    {
        var widths = heading
            .Select((title, column) => _rows.Select(row => row.Cells[column].Length).Append(title.Length).Max())
            .ToArray();

        output.WriteLine(Line(heading, widths));
        foreach (var (cells, colour) in _rows)
        {
            var line = Line(cells, widths);
            output.WriteLine(colours && colour is not null ? colour + line + Colours.Off : line);
        }
    }

    private static string Line(string[] cells, int[] widths)
    {
        var line = new StringBuilder();
        for (var column = 0; column < cells.Length; column++)
            line.Append(cells[column].PadRight(widths[column])).Append(Gap);
        return line.ToString().TrimEnd();
    }
}

/// <summary>Colours as terminals take them.</summary>
internal static class Colours
{
    public const string Good = "\e[32m";
    public const string Bad = "\e[31m";
    public const string Off = "\e[0m";

    /// <summary>Back to the start of the line, and nothing on it.</summary>
    public const string LineAgain = "\r\e[K";
}
