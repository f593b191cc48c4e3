mod curve;
mod sheet;
mod workbook;
