// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"image/color"
	"os"
	"time"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	vgdraw "gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
)

// The picture is as large as a README shows it, on screens with fine pixels.
const (
	width, height = 12 * vg.Inch, 6.75 * vg.Inch
	dpi           = 144
	columns       = 2
	gap           = 8 // points
)

// The colours of Grafana's dark theme.
var (
	page    = color.RGBA{0x11, 0x12, 0x17, 0xff}
	card    = color.RGBA{0x18, 0x1b, 0x1f, 0xff}
	rule    = color.RGBA{0x2c, 0x2f, 0x36, 0xff}
	faint   = color.RGBA{0x9a, 0x9c, 0xa8, 0xff}
	bright  = color.RGBA{0xd8, 0xd9, 0xe0, 0xff}
	palette = []color.RGBA{
		{0x73, 0xbf, 0x69, 0xff},
		{0xf2, 0xcc, 0x0c, 0xff},
		{0x57, 0x94, 0xf2, 0xff},
		{0xff, 0x98, 0x30, 0xff},
		{0xf2, 0x49, 0x5c, 0xff},
		{0xb8, 0x77, 0xd9, 0xff},
		{0x5d, 0xd8, 0xd8, 0xff},
		{0xff, 0x9e, 0xc6, 0xff},
	}
)

// draw lays the charts out in columns and writes them to a PNG file.
func draw(charts []chart, from, to time.Time, file string) error {
	canvas := vgimg.NewWith(vgimg.UseWH(width, height), vgimg.UseDPI(dpi), vgimg.UseBackgroundColor(page))
	whole := vgdraw.New(canvas)
	tiles := vgdraw.Tiles{
		Rows: (len(charts) + columns - 1) / columns, Cols: columns,
		PadTop: gap, PadBottom: gap, PadLeft: gap, PadRight: gap, PadX: gap, PadY: gap,
	}
	colours := make(colours)
	for i, c := range charts {
		if err := c.draw(tiles.At(whole, i%columns, i/columns), from, to, colours); err != nil {
			return err
		}
	}
	return write(file, func(f *os.File) error {
		_, err := vgimg.PngCanvas{Canvas: canvas}.WriteTo(f)
		return err
	})
}

// draw draws one chart: its title, its lines, and what each of them is.
func (c chart) draw(tile vgdraw.Canvas, from, to time.Time, colours colours) error {
	tile.FillPolygon(card, corners(tile.Rectangle))
	inner := vgdraw.Crop(tile, 10, -14, 8, -8)

	const titleHeight, legendHeight = 20, 18
	inner.FillText(style(bright, 12), vg.Point{X: inner.Min.X, Y: inner.Max.Y - 12}, c.title)
	c.legend(vgdraw.Crop(inner, 0, 0, 0, legendHeight-inner.Size().Y), colours)

	p := plot.New()
	p.BackgroundColor = color.Transparent
	p.X.Min, p.X.Max = float64(from.Unix()), float64(to.Unix())
	p.X.Tick.Marker = plot.TickerFunc(clock)
	p.Y.Tick.Marker = plot.TickerFunc(func(low, high float64) []plot.Tick { return values(low, high, c.unit) })
	for _, axis := range []*plot.Axis{&p.X, &p.Y} {
		axis.Width = 0
		axis.Tick.Width = 0
		axis.Tick.Label.Color, axis.Tick.Label.Font.Size, axis.Tick.Label.Font.Variant = faint, 9, "Sans"
	}
	grid := plotter.NewGrid()
	grid.Vertical.Color, grid.Horizontal.Color = rule, rule
	p.Add(grid)
	for _, l := range c.lines {
		for _, piece := range l.pieces {
			drawn, err := plotter.NewLine(piece)
			if err != nil {
				return err
			}
			drawn.Color, drawn.Width = colours.of(l.name), 1.4
			p.Add(drawn)
		}
	}
	p.Y.Min = min(p.Y.Min, 0)
	p.Y.Max *= 1.05
	p.Draw(vgdraw.Crop(inner, 0, 0, legendHeight, -titleHeight))
	return nil
}

// legend names as many lines as there is room for, the highest at the end first.
func (c chart) legend(room vgdraw.Canvas, colours colours) {
	x, y := room.Min.X, room.Min.Y
	for _, l := range c.lines {
		s := style(faint, 9)
		wide := s.Width(l.name)
		if x+14+wide > room.Max.X {
			return
		}
		room.StrokeLine2(vgdraw.LineStyle{Color: colours.of(l.name), Width: 2.5}, x, y+3, x+10, y+3)
		room.FillText(s, vg.Point{X: x + 14, Y: y}, l.name)
		x += 14 + wide + 14
	}
}

func style(c color.Color, size font.Length) vgdraw.TextStyle {
	return vgdraw.TextStyle{
		Color: c, Font: font.From(font.Font{Typeface: "Liberation", Variant: "Sans"}, size),
		Handler: text.Plain{Fonts: font.DefaultCache},
	}
}

func corners(r vg.Rectangle) []vg.Point {
	return []vg.Point{r.Min, {X: r.Max.X, Y: r.Min.Y}, r.Max, {X: r.Min.X, Y: r.Max.Y}}
}

// colours gives what has the same name the same colour in every chart.
type colours map[string]color.Color

func (c colours) of(name string) color.Color {
	if _, ok := c[name]; !ok {
		c[name] = palette[len(c)%len(palette)]
	}
	return c[name]
}
